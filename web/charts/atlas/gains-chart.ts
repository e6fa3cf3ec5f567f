import { mooreDoublingDays } from "../../../src/atlas/rounds/gains-over-rounds.ts";
import type { Gains, GainStep } from "../../../src/schema/atlas/answers/gains.ts";
import { csvText } from "../../../src/foundation/tables/csv.ts";
import { logDomain, type LogDomain } from "../axes/log-ticks.ts";

/** The best result of one round compared with that of the first round. */
export interface GainPoint {
  round: string;
  /** Milliseconds since the epoch. */
  timeMs: number;
  gain: number;
  /** Why earlier results are not comparable; undefined if they are. */
  change: string | undefined;
}

/** Gains over the rounds of a benchmark, as data. */
export interface GainsChart {
  title: string;
  y: LogDomain;
  lines: readonly { label: string; per: Gains["per"]; points: readonly GainPoint[] }[];
  /** The gain by Moore's law from the first date to the last. */
  moore: readonly { timeMs: number; gain: number }[];
}

/** Lines of gains against the publication date; undefined if fewer than two rounds have one. */
export function gainsChart(all: readonly Gains[]): GainsChart | undefined {
  const lines = all.flatMap(({ per, steps }) => {
    const points = steps.flatMap((step) => pointOf(step) ?? []);
    const label = per === "system" ? "best system" : "best per chip";
    return points.length < 2 ? [] : [{ label, per, points }];
  });
  const days = lines.flatMap(({ points }) => points.map(({ timeMs }) => timeMs));
  const [first] = days;
  if (first === undefined) return undefined;
  const [from, to] = [Math.min(...days), Math.max(...days)];
  const moore = mooreLine(from, to);
  const y = logDomain(
    [...lines.flatMap(({ points }) => points.map(({ gain }) => gain)), moore.at(-1)?.gain ?? 1],
    1.25,
  );
  if (y === undefined || to <= from) return undefined;
  const benchmark = all[0]?.benchmark ?? "";
  return { title: `Gains over rounds: ${benchmark}`, y, lines, moore };
}

function pointOf({ round, publishedOn, gainOverFirst, change }: GainStep): GainPoint | undefined {
  const timeMs = publishedOn === undefined ? Number.NaN : Date.parse(publishedOn);
  if (!Number.isFinite(timeMs)) return undefined;
  const reason = change.kind === "group" ? change.reason : undefined;
  return { round, timeMs, gain: gainOverFirst, change: reason };
}

const dayMs = 86_400_000;

/** The two ends of the line, which is straight on a logarithmic axis. */
function mooreLine(fromMs: number, toMs: number): { timeMs: number; gain: number }[] {
  const gain = 2 ** ((toMs - fromMs) / dayMs / mooreDoublingDays);
  return [
    { timeMs: fromMs, gain: 1 },
    { timeMs: toMs, gain },
  ];
}

/** The chart's points as CSV. */
export function gainsCsv(all: readonly Gains[]): string {
  const heads = [
    "per",
    "round",
    "published_on",
    "row_id",
    "value_ms",
    "computed_from",
    "gain_over_first",
    "moore_gain",
  ];
  const lines = all.flatMap(({ per, basis, steps }) =>
    steps.map((step) => [
      per,
      step.round,
      step.publishedOn ?? "",
      step.row.rowId,
      step.value,
      basis,
      step.gainOverFirst,
      step.mooreGain ?? "",
    ]),
  );
  return csvText([heads, ...lines]);
}
