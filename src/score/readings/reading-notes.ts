import type { Finding } from "../../schema/run/finding.ts";
import type { MetricTarget } from "../../schema/run/metric-target.ts";
import type { PrintedValue } from "../../schema/run/observation.ts";

/** Collects findings about the values that a program prints, one of each kind. */
export class ReadingNotes {
  readonly #findings = new Map<string, Finding>();
  readonly #ranks = new Map<string, Set<number>>();

  /** Sorted by rule, independent of the order in which they were found. */
  get findings(): Finding[] {
    return [...this.#findings.values()].toSorted((a, b) => a.rule.localeCompare(b.rule));
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

  percentAsFraction({ metric, text: seen }: PrintedValue, value: number): void {
    this.#once({ rule: "percent-read-as-fraction", metric, seen, value });
  }

  firstMeetsTarget(metric: string, value: number): void {
    this.#once({ rule: "first-evaluation-meets-target", metric, value });
  }

  rewrittenLine(metric: string, value: number): void {
    this.#once({ rule: "target-met-on-rewritten-line", metric, value });
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

  #once(finding: Finding): void {
    if (!this.#findings.has(finding.rule)) this.#set(finding);
  }

  #set(finding: Finding): void {
    this.#findings.set(finding.rule, finding);
  }
}
