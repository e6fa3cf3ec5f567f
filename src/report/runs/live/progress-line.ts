import { truncate } from "../../../foundation/tables/text-table.ts";
import {
  formatDuration,
  formatJoules,
  formatSignificant,
  formatUsd,
} from "../../../foundation/numbers/units.ts";
import type { TargetStanding } from "../../../schema/run/outcome/metric-target.ts";
import type { PredictedEnd, RunProgress } from "../../../schema/run/run-progress.ts";
import type { Paint } from "../../paint.ts";
import { formatRate } from "../../wording.ts";

/** The progress of a run in one line. On a narrow terminal, the least important parts are dropped first. */
export function progressLine(progress: RunProgress, width: number, paint: Paint): string {
  const parts = progressParts(progress, paint);
  for (let kept = parts.length; kept > 1; kept--) {
    const lowestRank = Math.max(...parts.map((part) => part.rank));
    const line = parts.map((part) => part.text).join("  ");
    if (truncate(line, width) === line) return line;
    const dropped = parts.findLastIndex((part) => part.rank === lowestRank);
    parts.splice(dropped, 1);
  }
  return truncate(parts.map((part) => part.text).join("  "), width);
}

interface Part {
  text: string;
  /** Parts with the highest rank are dropped first. */
  rank: number;
}

function progressParts(progress: RunProgress, paint: Paint): Part[] {
  const { series, target, best, loss, samplesPerSecond, costUsd, energy, predicted } = progress;
  const parts: (Part | undefined)[] = [
    { text: paint.strong(progress.name), rank: 2 },
    series.count > 1 ? { text: `run ${series.index}/${series.count}`, rank: 1 } : undefined,
    { text: phaseText(progress), rank: 0 },
    progress.silence === undefined
      ? undefined
      : {
          text: paint.warn(`no output for ${formatDuration(progress.silence.silentMs)}`),
          rank: 0,
        },
    ...(progress.targets?.map((standing, index) => standingPart(standing, index)) ?? [
      qualityPart(target, best),
    ]),
    loss === undefined ? undefined : { text: `loss ${formatSignificant(loss, 3)}`, rank: 5 },
    samplesPerSecond === undefined
      ? undefined
      : { text: `${formatRate(samplesPerSecond)} samples/s`, rank: 6 },
    costUsd === undefined ? undefined : { text: formatUsd(costUsd), rank: 3 },
    energy === undefined
      ? undefined
      : {
          text: `${formatJoules(energy.joules)}${energy.kind === "estimated" ? " est." : ""}`,
          rank: 7,
        },
    rulesPart(progress.rules, paint),
    predicted === undefined ? undefined : predictedPart(predicted, target, paint),
  ];
  return parts.filter((part) => part !== undefined);
}

function phaseText({ phase, clockMs, launchedForMs }: RunProgress): string {
  if (phase === "initialising") return `initializing ${formatDuration(launchedForMs)}`;
  return phase === "stopping" ? "stopping" : formatDuration(clockMs ?? launchedForMs);
}

function qualityPart(target: RunProgress["target"], best: number | undefined): Part | undefined {
  if (target === undefined) return undefined;
  const sign = target.direction === "at-least" ? ">=" : "<=";
  const now = best === undefined ? "–" : formatSignificant(best, 4);
  return { text: `${target.metric} ${now} → ${sign} ${target.value}`, rank: 0 };
}

/** The first target is shown on the narrowest terminal, like a single one. */
function standingPart({ target, best, isMet }: TargetStanding, index: number): Part | undefined {
  const part = qualityPart(target, best);
  if (part === undefined) return undefined;
  return { text: isMet ? `${part.text} met` : part.text, rank: index === 0 ? 0 : 1 };
}

function rulesPart(rules: RunProgress["rules"], paint: Paint): Part | undefined {
  if (rules === undefined) return undefined;
  const { metCount, brokenCount, checkCount } = rules;
  const text = `rules ${metCount}/${checkCount}`;
  if (brokenCount === 0) return { text, rank: 4 };
  return { text: `${text}, ${paint.bad(`${brokenCount} broken`)}`, rank: 2 };
}

function predictedPart(predicted: PredictedEnd, target: RunProgress["target"], paint: Paint): Part {
  switch (predicted.kind) {
    case "reaches": {
      const { remainingMs, lowMs, highMs } = predicted;
      const range = `${formatDuration(lowMs)} … ${formatDuration(highMs)}`;
      return { text: paint.name(`~${formatDuration(remainingMs)} to target (${range})`), rank: 1 };
    }
    case "levels-off": {
      const end = `best fit levels off at ${plateauText(predicted)}`;
      const text = `not expected to reach ${target?.value ?? "the target"}; ${end}`;
      return { text: paint.warn(text), rank: 1 };
    }
  }
}

/** The values between which a curve levels off: `0.91 to 0.93`. */
export function plateauText({
  lowValue,
  highValue,
}: Extract<PredictedEnd, { kind: "levels-off" }>): string {
  const [low, high] = [formatSignificant(lowValue, 3), formatSignificant(highValue, 3)];
  return low === high ? low : `${low} to ${high}`;
}
