import { UserError } from "../../foundation/errors/user-error.ts";
import { parsePricePerHour } from "../../foundation/numbers/units.ts";
import { acceleratorNames } from "./accelerator-names.ts";
import type { AcceleratorPrice } from "../../schema/atlas/answers/figures.ts";
import type { Accelerator } from "../../schema/catalogue.ts";

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
  return acceleratorNames(name, accelerators, "--price").map((accelerator) => ({
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
