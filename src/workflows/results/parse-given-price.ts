import { UserError } from "../../foundation/user-error.ts";
import { parsePricePerHour } from "../../foundation/units.ts";
import type { AcceleratorPrice } from "../../schema/atlas/figures.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { findAccelerator } from "../../store/catalogue/catalogue.ts";

/**
 * Parses a price from the command line: `h100-sxm=2.50`, dollars per hour of one accelerator. `h100=2.50` is the price
 * of all accelerators whose name starts with `h100-`.
 *
 * @throws UserError `price-invalid`, `unknown-accelerator`
 */
export function parseGivenPrice(
  text: string,
  accelerators: readonly Accelerator[],
): AcceleratorPrice[] {
  const [name = "", amount, ...rest] = text.split("=").map((part) => part.trim());
  const perHour = /\//u.test(amount ?? "") ? (amount ?? "") : `${amount ?? ""}/h`;
  const parsed = parsePricePerHour(perHour);
  if (name === "" || amount === undefined || rest.length > 0 || parsed === undefined)
    throw new UserError("price-invalid", `invalid price \`${text}\``, {
      at: "--price",
      hint: "use dollars per hour of one accelerator, for example `--price h100-sxm=2.50`",
    });
  return namesOf(name, accelerators).map((accelerator) => ({
    accelerator,
    usdPerHour: parsed.usdPerHour,
    lowUsdPerHour: parsed.usdPerHour,
    highUsdPerHour: parsed.usdPerHour,
    providers: [],
    date: "as given",
    source: "--price",
    origin: "given",
  }));
}

function namesOf(text: string, accelerators: readonly Accelerator[]): string[] {
  const wanted = text.toLowerCase();
  const names = accelerators.map(({ name }) => name);
  if (names.includes(wanted)) return [wanted];
  const variants = names.filter((name) => name.startsWith(`${wanted}-`));
  if (variants.length > 0) return variants;
  const found = findAccelerator(text, accelerators);
  if (found.kind === "found") return [found.value.name];
  const nearest = found.kind === "unknown" ? found.nearest : undefined;
  throw new UserError("unknown-accelerator", `unknown accelerator \`${text}\``, {
    at: "--price",
    hint:
      nearest === undefined
        ? "use names from `pitwall prices`, for example h100-sxm, a100-sxm-80gb, mi300x"
        : `did you mean \`${nearest}\`?`,
  });
}
