import type { Finding } from "../../schema/run/findings/finding.ts";

/** A value of a metric in a file. */
interface SourcedValue {
  metric: string;
  /** The file, or the files that continue one another. */
  source: string;
  /** The file, for findings. */
  path: string;
  step: number | undefined;
  value: number;
}

/** Values of at least this many steps are kept for comparison with other files. */
const maximumKeptSteps = 10_000;
/** TensorBoard keeps 32 bits of a number. */
const toleranceFraction = 1e-6;

interface UsedSource {
  source: string;
  path: string;
  values: Map<number, number>;
  /** The value count, as the step of values without one. */
  count: number;
  lastStep: number | undefined;
}

/**
 * Chooses one source for each metric: the first that has it. Values of other sources are not used; if they differ at the
 * same step, that is a finding.
 */
export class MetricSources {
  readonly #used = new Map<string, UsedSource>();
  readonly #otherCounts = new Map<string, number>();
  readonly #findings = new Map<string, Finding>();

  get findings(): Finding[] {
    return [...this.#findings.values()];
  }

  /** Whether a source was found for a metric. */
  has(metric: string): boolean {
    return this.#used.has(metric);
  }

  /** Whether a value is from the source of its metric. */
  accepts(seen: SourcedValue): boolean {
    const used = this.#used.get(seen.metric) ?? this.#begin(seen);
    if (used.source !== seen.source) {
      this.#compare(used, seen);
      return false;
    }
    if (seen.step !== undefined) this.#followSteps(used, seen, seen.step);
    used.count += 1;
    used.values.set(seen.step ?? used.count, seen.value);
    // Deleting one by one is slow: a map finds its oldest key by skipping all deleted ones.
    if (used.values.size > 2 * maximumKeptSteps)
      used.values = new Map([...used.values].slice(-maximumKeptSteps));
    return true;
  }

  #begin({ metric, source, path }: SourcedValue): UsedSource {
    const used = { source, path, values: new Map(), count: 0, lastStep: undefined };
    this.#used.set(metric, used);
    return used;
  }

  #compare(used: UsedSource, { metric, source, path, step, value }: SourcedValue): void {
    const key = `${metric} ${source}`;
    const count = (this.#otherCounts.get(key) ?? 0) + 1;
    this.#otherCounts.set(key, count);
    const usedValue = used.values.get(step ?? count);
    if (usedValue === undefined || isEqual(usedValue, value)) return;
    this.#once(`disagree ${metric}`, {
      rule: "metrics-files-disagree",
      metric,
      used: used.path,
      other: path,
      ...(step === undefined ? {} : { step }),
      usedValue,
      otherValue: value,
    });
  }

  #followSteps(used: UsedSource, { metric, path }: SourcedValue, step: number): void {
    const { lastStep } = used;
    used.lastStep = step;
    if (lastStep === undefined || step >= lastStep) return;
    const key = `back ${metric}`;
    const known = this.#findings.get(key);
    if (known?.rule === "metric-steps-went-back") {
      this.#findings.set(key, { ...known, count: known.count + 1 });
      return;
    }
    this.#once(key, {
      rule: "metric-steps-went-back",
      metric,
      path,
      fromStep: lastStep,
      toStep: step,
      count: 1,
    });
  }

  #once(key: string, finding: Finding): void {
    if (!this.#findings.has(key)) this.#findings.set(key, finding);
  }
}

function isEqual(a: number, b: number): boolean {
  if (Object.is(a, b)) return true;
  return Math.abs(a - b) <= toleranceFraction * Math.max(Math.abs(a), Math.abs(b));
}
