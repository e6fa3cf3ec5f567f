import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { matchName } from "../../../formats/text/names/match-name.ts";
import type { WantedMetric } from "../../../formats/text/metrics/wanted-metric.ts";
import type {
  MetricTarget,
  TargetRequest,
  TargetWindow,
} from "../../../schema/run/outcome/metric-target.ts";
import { targetsOf } from "../../../schema/run/outcome/targets-of.ts";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import { formatTarget, parseTarget } from "../../../schema/run/outcome/target-text.ts";
import type { PlanWarning } from "../prepare/find-workload.ts";

/** Targets as the user gave them. */
export interface TargetTexts {
  target?: string | readonly string[] | undefined;
  /** Compare the mean of this many evaluations with the targets. */
  targetMean?: number | undefined;
  /** Require this many consecutive evaluations to meet the targets. */
  targetTimes?: number | undefined;
}

/** @throws UserError `target-invalid`, `target-repeated`, `targets-contradict`, `target-window-invalid`, `target-missing` */
export function planTargets(requested: TargetTexts): TargetRequest {
  const window = windowOf(requested);
  const [target, ...furtherTargets] = [requested.target ?? []]
    .flat()
    .map((text) => readTarget(text));
  if (target === undefined) {
    if (window !== undefined) throw windowWithoutTarget(window);
    return {};
  }
  checkTargets([target, ...furtherTargets]);
  return {
    target,
    ...(furtherTargets.length === 0 ? {} : { furtherTargets }),
    ...(window === undefined ? {} : { targetWindow: window }),
  };
}

/** The metrics to read: those given, and each metric of a target that none of them reads, which is found by its name. */
export function withTargetMetrics(
  given: readonly WantedMetric[],
  requested: TargetRequest,
  startable: Startable,
): readonly WantedMetric[] {
  if (startable.kind !== "command") return given;
  const names = new Set(targetsOf(requested).map(({ metric }) => metric));
  for (const { metric } of given) names.delete(metric);
  return [...given, ...[...names].map((metric) => ({ kind: "name" as const, metric }))];
}

/** Warns if a target names a metric that differs from those of `--metric` by a few letters. */
export function targetWarning(
  requested: TargetRequest,
  metrics: readonly { metric: string; pattern?: string | undefined }[],
  givenCount: number,
): PlanWarning | undefined {
  const given = metrics.slice(0, givenCount).map(({ metric }) => metric);
  for (const { metric } of targetsOf(requested)) {
    const nearest = given.includes(metric) ? undefined : nearestWord(metric, given);
    if (nearest === undefined) continue;
    return {
      message: `no \`--metric\` reads \`${metric}\`, so Pitwall searches for it by name`,
      hint: `did you mean \`${nearest}\`?`,
    };
  }
  return undefined;
}

function readTarget(text: string): MetricTarget {
  const target = parseTarget(text);
  if (target !== undefined) return target;
  const percent = /^(.*[<>]=?\s*)(\d[\d.]*)\s*%\s*$/u.exec(text);
  if (percent !== null)
    throw new UserError("target-invalid", `a target has no percent sign: \`${text}\``, {
      at: "--target",
      hint: `use the scale that the program prints: \`${percent[1]}${percent[2]}\` for \`${percent[2]}\`, \`${percent[1]}${Number(percent[2]) / 100}\` for \`${Number(percent[2]) / 100}\` or \`${percent[2]}%\``,
    });
  throw new UserError("target-invalid", `invalid target \`${text}\``, {
    at: "--target",
    hint: "use a metric, `>=` or `<=`, and a number: `--target 'val_acc>=0.94'` or `--target 'loss<=2.0'`",
  });
}

/** Two targets of one metric are allowed if they are the ends of a range. */
function checkTargets(targets: readonly MetricTarget[]): void {
  for (const [index, later] of targets.entries()) {
    for (const earlier of targets.slice(0, index)) {
      if (matchName(earlier.metric, later.metric) !== "same") continue;
      if (earlier.direction === later.direction) throw targetRepeated(earlier, later);
      const [low, high] = earlier.direction === "at-least" ? [earlier, later] : [later, earlier];
      if (low.value > high.value) throw targetsContradict(low, high);
    }
  }
}

function windowOf({ targetMean, targetTimes }: TargetTexts): TargetWindow | undefined {
  if (targetMean !== undefined && targetTimes !== undefined) {
    throw new UserError(
      "target-window-invalid",
      "`--target-mean` and `--target-times` cannot be combined",
      {
        hint: "use `--target-mean 3` for the mean of three evaluations, or `--target-times 3` for three in a row",
      },
    );
  }
  if (targetMean !== undefined) return checkedWindow({ kind: "mean", count: targetMean });
  if (targetTimes !== undefined) return checkedWindow({ kind: "consecutive", count: targetTimes });
  return undefined;
}

function checkedWindow(window: TargetWindow): TargetWindow {
  const { count } = window;
  if (Number.isSafeInteger(count) && count >= 2) return window;
  const option = optionOf(window);
  throw new UserError("target-window-invalid", `\`${option}\` must be an integer of at least 2`, {
    at: option,
    saw: `\`${count}\``,
    hint: `without \`${option}\`, one evaluation is enough`,
  });
}

function optionOf({ kind }: TargetWindow): string {
  return kind === "mean" ? "--target-mean" : "--target-times";
}

function windowWithoutTarget(window: TargetWindow): UserError {
  const option = optionOf(window);
  return new UserError("target-missing", `\`${option}\` requires \`--target\``, {
    hint: `specify the quality to reach, for example \`--target 'val_acc>=0.94' ${option} ${window.count}\``,
  });
}

function targetRepeated(earlier: MetricTarget, later: MetricTarget): UserError {
  const strict = isStricter(later, earlier) ? later : earlier;
  return new UserError(
    "target-repeated",
    `two targets for \`${later.metric}\` in the same direction`,
    {
      at: "--target",
      saw: `\`${formatTarget(earlier)}\` and \`${formatTarget(later)}\``,
      hint: `keep the stricter one: \`--target '${formatTarget(strict)}'\``,
    },
  );
}

function isStricter(a: MetricTarget, b: MetricTarget): boolean {
  return a.direction === "at-least" ? a.value > b.value : a.value < b.value;
}

function targetsContradict(low: MetricTarget, high: MetricTarget): UserError {
  return new UserError("targets-contradict", "no value can meet both targets", {
    at: "--target",
    saw: `\`${formatTarget(low)}\` and \`${formatTarget(high)}\``,
    hint: "use `>=` with the lower and `<=` with the higher number",
  });
}
