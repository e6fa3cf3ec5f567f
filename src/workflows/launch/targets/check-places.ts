import { UserError } from "../../../foundation/errors/user-error.ts";
import { placesToFillIn, type PlaceToFillIn } from "../../../schema/plan/place-to-fill-in.ts";
import type { WorkloadFile } from "../../../schema/run/request/workload-file.ts";

/** Keys of a workload file that only some launch targets use. */
const targetsOfKeys: Readonly<Record<string, readonly string[]>> = {
  partition: ["slurm"],
  hosts: ["ssh", "mpi"],
  rayAddress: ["ray"],
};

/**
 * Checks that nothing is left to fill in of what a run needs. A key whose option is given, or that the launch target does
 * not use, may be left as it is.
 *
 * @throws UserError `workload-incomplete` that lists the places
 */
export function checkPlaces(
  { content, path }: { content: WorkloadFile; path: string },
  options: Readonly<Record<string, unknown>> & { on?: string | undefined },
): void {
  const { plan: _, ...settings } = content;
  const on = options.on ?? content.on ?? "local";
  const left = placesToFillIn(settings).filter(
    ({ key }) => !isGiven(options[key]) && (targetsOfKeys[key]?.includes(on) ?? true),
  );
  if (left.length === 0) return;
  const count = left.length === 1 ? "1 place" : `${left.length} places`;
  throw new UserError("workload-incomplete", `\`${path}\` has ${count} to fill in`, {
    at: path,
    saw: left.map(({ key, what }) => `\`${key}\`: ${what}`).join("\n"),
    hint: `replace each \`<fill in: …>\` in the file${optionsText(left, options)}`,
  });
}

function optionsText(left: readonly PlaceToFillIn[], options: object): string {
  const names = left.filter(({ key }) => Object.hasOwn(options, key)).map(({ key }) => key);
  const [first] = names;
  return first === undefined ? "" : `, or give \`--${first} …\``;
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}
