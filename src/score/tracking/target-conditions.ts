import { isBetter, meetsTarget } from "../../schema/run/outcome/meets-target.ts";
import type {
  MetricTarget,
  TargetRequest,
  TargetStanding,
  TargetWindow,
} from "../../schema/run/outcome/metric-target.ts";
import { targetsOf } from "../../schema/run/outcome/targets-of.ts";

/** Removes rounding errors: the mean of 0.93 and 0.95 meets a target of 0.94. */
const meanDigits = 12;

/** Compares the evaluations of a run with all of its targets. */
export class TargetConditions {
  readonly #window: TargetWindow | undefined;
  #conditions: TargetCondition[];

  constructor(request: TargetRequest) {
    this.#window = request.targetWindow;
    const targets = targetsOf(request);
    this.#conditions = targets.map((target) => new TargetCondition(target, this.#window));
  }

  /** Whether the newest evaluations meet all targets. */
  get areMet(): boolean {
    return this.#conditions.length > 0 && this.#conditions.every(({ isMet }) => isMet);
  }

  /** The value that is compared with the first target; absent before there are enough evaluations. */
  get quality(): number | undefined {
    return this.#conditions[0]?.compared;
  }

  get standings(): TargetStanding[] {
    return this.#conditions.map((condition) => condition.standing);
  }

  evaluated(metric: string, value: number, clockMs: number): void {
    for (const condition of this.#conditions)
      if (condition.target.metric === metric) condition.push(value, clockMs);
  }

  /** A value that is not finite meets no target and interrupts a series of consecutive evaluations. */
  notFinite(metric: string): void {
    for (const condition of this.#conditions)
      if (condition.target.metric === metric) condition.interrupt();
  }

  /**
   * The values of a metric so far do not count, nor what was reached with them.
   *
   * @returns how many there were
   */
  withdraw(metric: string): number {
    let count = 0;
    this.#conditions = this.#conditions.map((condition) => {
      condition.thaw();
      if (condition.target.metric !== metric) return condition;
      count = condition.standing.evaluationCount;
      return new TargetCondition(condition.target, this.#window);
    });
    return count;
  }

  /** All targets were reached: later evaluations change only the best values. */
  freeze(): void {
    for (const condition of this.#conditions) condition.freeze();
  }
}

class TargetCondition {
  readonly target: MetricTarget;
  readonly #window: TargetWindow | undefined;
  /** The newest values, at most as many as the mean covers. */
  #newest: number[] = [];
  #streak = 0;
  #longestStreak = 0;
  #evaluationCount = 0;
  #best: number | undefined;
  /** Of the newest evaluations; once all targets were reached, of those that reached them. */
  #compared: number | undefined;
  #newestCompared: number | undefined;
  #firstMetMs: number | undefined;
  #isFrozen = false;
  #isMet = false;

  constructor(target: MetricTarget, window: TargetWindow | undefined) {
    this.target = target;
    this.#window = window;
  }

  get isMet(): boolean {
    return this.#isMet;
  }

  get compared(): number | undefined {
    return this.#compared;
  }

  get standing(): TargetStanding {
    const isStreak = this.#window?.kind === "consecutive";
    return {
      target: this.target,
      evaluationCount: this.#evaluationCount,
      ...(this.#best === undefined ? {} : { best: this.#best }),
      isMet: this.#isMet,
      ...(this.#firstMetMs === undefined ? {} : { firstMetMs: this.#firstMetMs }),
      ...(isStreak ? { longestStreak: this.#longestStreak } : {}),
    };
  }

  push(value: number, clockMs: number): void {
    this.#evaluationCount += 1;
    const compared = this.#comparedAfter(value);
    const { target } = this;
    if (
      compared !== undefined &&
      (this.#best === undefined || isBetter(target, compared, this.#best))
    )
      this.#best = compared;
    const meets = compared !== undefined && meetsTarget(target, compared);
    this.#streak = meets ? this.#streak + 1 : 0;
    this.#longestStreak = Math.max(this.#longestStreak, this.#streak);
    this.#newestCompared = compared;
    if (this.#isFrozen) return;
    this.#compared = compared;
    this.#isMet = this.#hasLastedLongEnough;
    if (this.#isMet) this.#firstMetMs ??= clockMs;
  }

  interrupt(): void {
    this.#newest = [];
    this.#streak = 0;
    if (!this.#isFrozen) this.#isMet = false;
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  /** The targets were not reached after all. */
  thaw(): void {
    this.#isFrozen = false;
    this.#compared = this.#newestCompared;
    this.#isMet = this.#hasLastedLongEnough;
  }

  get #hasLastedLongEnough(): boolean {
    return this.#streak >= (this.#window?.kind === "consecutive" ? this.#window.count : 1);
  }

  #comparedAfter(value: number): number | undefined {
    if (this.#window?.kind !== "mean") return value;
    const { count } = this.#window;
    this.#newest = [...this.#newest, value].slice(-count);
    if (this.#newest.length < count) return undefined;
    const sum = this.#newest.reduce((total, each) => total + each, 0);
    return Number((sum / count).toPrecision(meanDigits));
  }
}
