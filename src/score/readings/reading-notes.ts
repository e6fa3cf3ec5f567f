import type { Finding } from "../../schema/run/findings/finding.ts";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";
import type { PrintedValue } from "../../schema/run/events/observation.ts";
import { scaleOfValues } from "./compared-value.ts";

/** This many values show the scale of a metric. */
const valuesForScale = 2;

/** Notes about the value that met the target. */
const aboutReaching = [
  "first-evaluation-meets-target",
  "target-met-on-rewritten-line",
  "target-met-on-batch-line",
] as const;

/** Collects findings about the values that a program prints, one of each kind. */
export class ReadingNotes {
  readonly #findings = new Map<string, Finding>();
  readonly #ranks = new Map<string, Set<number>>();
  #range: { target: MetricTarget; lowest: number; highest: number; count: number } | undefined;

  /** Sorted by rule, independent of the order in which they were found. */
  get findings(): Finding[] {
    const scale = this.#scale();
    const findings =
      scale === undefined ? this.#findings.values() : [...this.#findings.values(), scale];
    return [...findings].toSorted((a, b) => a.rule.localeCompare(b.rule));
  }

  notFinite({ metric, text }: PrintedValue): void {
    const known = this.#findings.get("metric-not-a-number");
    const count = known?.rule === "metric-not-a-number" ? known.count : 0;
    const seen = known?.rule === "metric-not-a-number" ? known.seen : text;
    this.#set({ rule: "metric-not-a-number", metric, seen, count: count + 1 });
  }

  offScale({ metric, text }: PrintedValue, target: MetricTarget): void {
    const known = this.#findings.get("value-off-scale");
    const { count, seen } = known?.rule === "value-off-scale" ? known : { count: 0, seen: text };
    const targetValue = target.value;
    this.#set({ rule: "value-off-scale", metric, seen, targetValue, count: count + 1 });
  }

  ratio({ metric, text, outOf = 0 }: PrintedValue): void {
    this.#once({ rule: "ratio-printed", metric, seen: `${text}/${outOf}` });
  }

  percentAsFraction({ metric, text: seen }: PrintedValue, value: number): void {
    this.#once({ rule: "percent-read-as-fraction", metric, seen, value });
  }

  /** A value of the target's metric counts. */
  counted(target: MetricTarget, value: number): void {
    const known = this.#range;
    if (known === undefined || known.target !== target)
      this.#range = { target, lowest: value, highest: value, count: 1 };
    else {
      known.lowest = Math.min(known.lowest, value);
      known.highest = Math.max(known.highest, value);
      known.count += 1;
    }
  }

  firstMeetsTarget(metric: string, value: number): void {
    this.#once({ rule: "first-evaluation-meets-target", metric, value });
  }

  rewrittenLine(metric: string, value: number): void {
    this.#once({ rule: "target-met-on-rewritten-line", metric, value });
  }

  /** The target was met on a line about part of a pass over the data. */
  batchLine(metric: string, value: number): void {
    this.#once({ rule: "target-met-on-batch-line", metric, value });
  }

  /** What was reached does not count after all, nor what was noted about it. */
  withdrawn(metric: string, value: number): void {
    for (const rule of aboutReaching) this.#findings.delete(rule);
    this.#once({ rule: "reached-withdrawn", metric, value });
  }

  samplesDecreased(fromCount: number, toCount: number): void {
    this.#once({ rule: "samples-decreased", fromCount, toCount });
  }

  clockRestarted(clock: string): void {
    const known = this.#findings.get("program-clock-restarted");
    const count = known?.rule === "program-clock-restarted" ? known.count : 0;
    this.#set({ rule: "program-clock-restarted", clock, count: count + 1 });
  }

  beforeClock(): void {
    const known = this.#findings.get("evaluations-before-clock");
    const count = known?.rule === "evaluations-before-clock" ? known.count : 0;
    this.#set({ rule: "evaluations-before-clock", count: count + 1 });
  }

  samplesRestarted(): void {
    const known = this.#findings.get("samples-restarted");
    const count = known?.rule === "samples-restarted" ? known.count : 0;
    this.#set({ rule: "samples-restarted", count: count + 1 });
  }

  /** Notes which ranks print a metric. */
  printed({ metric, rank }: PrintedValue): void {
    if (rank === undefined) return;
    const ranks = this.#ranks.get(metric) ?? new Set<number>();
    ranks.add(rank);
    this.#ranks.set(metric, ranks);
    if (ranks.size > 1)
      this.#set({ rule: "several-ranks-print-metric", metric, rankCount: ranks.size });
  }

  #scale(): Finding | undefined {
    const range = this.#range;
    if (range === undefined || range.count < valuesForScale) return undefined;
    const { target, lowest, highest } = range;
    const scale = scaleOfValues(target, range);
    if (scale === undefined) return undefined;
    const best = target.direction === "at-least" ? highest : lowest;
    const { metric, value: targetValue } = target;
    return { rule: "values-on-another-scale", metric, scale, best, targetValue };
  }

  #once(finding: Finding): void {
    if (!this.#findings.has(finding.rule)) this.#set(finding);
  }

  #set(finding: Finding): void {
    this.#findings.set(finding.rule, finding);
  }
}
