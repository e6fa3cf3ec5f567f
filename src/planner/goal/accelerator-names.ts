import { UserError } from "../../foundation/errors/user-error.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { findAccelerator } from "../../schema/find-accelerator.ts";

/**
 * The accelerators that a name stands for: one of the catalog, or all whose name starts with it and a hyphen.
 *
 * @param at the option that has the name
 * @throws UserError `unknown-accelerator`
 */
export function acceleratorNames(
  text: string,
  accelerators: readonly Accelerator[],
  at: string,
): string[] {
  const wanted = text.toLowerCase();
  const names = accelerators.map(({ name }) => name);
  if (names.includes(wanted)) return [wanted];
  const variants = names.filter((name) => name.startsWith(`${wanted}-`));
  if (variants.length > 0) return variants;
  const found = findAccelerator(text, accelerators);
  if (found.kind === "found") return [found.value.name];
  const { nearest } = found;
  throw new UserError("unknown-accelerator", `unknown accelerator \`${text}\``, {
    at,
    hint:
      nearest === undefined
        ? "use names from `pitwall prices`, for example h100-sxm, a100-sxm-80gb, mi300x"
        : `did you mean \`${nearest}\`?`,
  });
}
