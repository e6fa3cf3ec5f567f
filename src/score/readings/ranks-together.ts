import { median } from "../../foundation/numbers/statistics.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { Evaluation } from "../../schema/run/outcome/run-result.ts";

/** Programs that start several ranks, whose output then comes without their numbers. */
const launchers =
  /^(?:torchrun|accelerate|deepspeed|mpirun|mpiexec|srun|horovodrun|composer|colossalai)$/u;
const launcherModules =
  /^(?:torch\.distributed\.(?:run|launch)|accelerate\.commands\.launch|deepspeed\.launcher\.runner)$/u;

/** Values within this time may be of one evaluation. */
const togetherMs = 100;
/** The time between evaluations is at least this multiple of it, as far as it was used. */
const apartFactor = 5;
const fewestEvaluations = 3;
/** Without a launcher, few groups can come from a busy machine. */
const fewestWithoutLauncher = 6;
/** Without a launcher, more values at a time are those of a program that buffers its output. */
const mostWithoutLauncher = 3;

/**
 * Whether several ranks print the metric of a job that Pitwall sees as one: its values come in groups of the same size, and differ
 * within them.
 *
 * @param evaluations in order, of one metric
 */
export function ranksTogether(
  command: readonly string[],
  evaluations: readonly Pick<Evaluation, "timeMs" | "value">[],
): Extract<Finding, { rule: "ranks-not-told-apart" }> | undefined {
  const groups = groupsOf(evaluations);
  const [first, ...rest] = groups;
  // The newest group may not be complete.
  const whole = groups.slice(0, -1);
  const count = first?.length ?? 0;
  if (groups.length < fewestEvaluations || count < 2) return undefined;
  if (whole.some(({ length }) => length !== count)) return undefined;
  const spreadMs = Math.max(
    ...whole.map((group) => (group.at(-1)?.timeMs ?? 0) - (group[0]?.timeMs ?? 0)),
  );
  const gapMs = median(
    rest.map((group, index) => (group[0]?.timeMs ?? 0) - (groups[index]?.at(-1)?.timeMs ?? 0)),
  );
  const differing = whole.filter((group) => new Set(group.map(({ value }) => value)).size > 1);
  if (gapMs < apartFactor * spreadMs || differing.length < whole.length / 2) return undefined;
  const launcher = launcherOf(command);
  const isDoubtful = count > mostWithoutLauncher || groups.length < fewestWithoutLauncher;
  if (launcher === undefined && isDoubtful) return undefined;
  return {
    rule: "ranks-not-told-apart",
    valuesPerEvaluation: count,
    ...(launcher === undefined ? {} : { launcher }),
  };
}

function groupsOf<Value extends { timeMs: number }>(values: readonly Value[]): Value[][] {
  const groups: Value[][] = [];
  for (const value of values) {
    const group = groups.at(-1);
    if (group !== undefined && value.timeMs - (group.at(-1)?.timeMs ?? 0) < togetherMs)
      group.push(value);
    else groups.push([value]);
  }
  return groups;
}

function launcherOf(command: readonly string[]): string | undefined {
  return command
    .map((word) => word.slice(word.lastIndexOf("/") + 1))
    .find((word) => launchers.test(word) || launcherModules.test(word));
}
