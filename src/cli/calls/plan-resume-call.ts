import { UserError } from "../../foundation/errors/user-error.ts";
import type { SeriesPlan } from "../../workflows/launch/prepare/plan-series.ts";
import type { Call } from "../command-table.ts";
import { openStore } from "../open-store.ts";
import { kebab } from "../parse-arguments.ts";
import { runOptions } from "../options/run-options.ts";

/** Flags that do not change the series. */
const allowed: ReadonlySet<string> = new Set([
  "resume",
  "keepGoing",
  "notify",
  "showOutput",
  "sign",
  "signKey",
]);

/**
 * Builds the plan of `pitwall run --resume`.
 *
 * @throws UserError `option-unused` for anything that would change the series, and what `planResume` throws
 */
export async function planResumeCall(
  call: Call<typeof runOptions>,
  series: string,
): Promise<SeriesPlan> {
  const unused = changeRequested(call);
  if (unused !== undefined) {
    throw new UserError("option-unused", `\`--resume\` cannot be combined with \`${unused}\``, {
      hint: "a resumed series keeps its original settings; start a new series to change them",
    });
  }
  const { planResume } = await import("../../workflows/launch/prepare/plan-resume.ts");
  const plan = await planResume(await openStore(call.face, call.shared), series);
  return call.options.keepGoing ? { ...plan, keepGoing: true } : plan;
}

/** The first option or argument that would change the series, as the user typed it; undefined if there is none. */
function changeRequested({
  options,
  arguments: [subject],
  program,
}: Call<typeof runOptions>): string | undefined {
  if (subject !== undefined) return subject;
  if (program !== undefined) return `-- ${program.join(" ")}`;
  const given = Object.entries(options).find(
    ([name, value]) => Object.hasOwn(runOptions, name) && !allowed.has(name) && isGiven(value),
  );
  return given === undefined ? undefined : `--${kebab(given[0])}`;
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}
