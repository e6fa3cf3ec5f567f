/** A time in a line. */
interface WrittenTime {
  ms: number;
  step: number | undefined;
  /** A whole number without a unit. */
  isWhole?: boolean;
  hasColons?: boolean;
  hasHours?: boolean;
}

/** Whether times with the same name count up from the start, or are the durations of steps. */
export interface Growth {
  kind: "counts-up" | "stays";
  isDoubtful: boolean;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A training whose times differ by more than this per line is rare; milliseconds read as seconds are not. */
const doubtfulStepMs = 1000 * 1000;

/** The times with one name in a log. */
export class TimeColumn {
  readonly name: string;
  count = 0;
  /** How many of them are on a line with a step. */
  withStep = 0;
  lastMs = 0;
  #firstMs = 0;
  #decreases = 0;
  #changes = 0;
  #areWhole = true;
  #hasColons = false;
  #hasHours = false;
  #firstStep: number | undefined;
  #secondStep: number | undefined;
  #lastStep: number | undefined;

  constructor(name: string) {
    this.name = name;
  }

  push({ ms, step, isWhole = false, hasColons = false, hasHours = false }: WrittenTime): void {
    if (this.count === 0) this.#firstMs = ms;
    else this.#compare(ms);
    this.count += 1;
    this.lastMs = ms;
    this.#areWhole &&= isWhole;
    this.#hasColons ||= hasColons;
    this.#hasHours ||= hasHours;
    if (step !== undefined) this.#pushStep(step);
  }

  #compare(ms: number): void {
    if (ms !== this.lastMs) this.#changes += 1;
    if (ms < this.lastMs) this.#decreases += 1;
  }

  #pushStep(step: number): void {
    this.withStep += 1;
    if (this.#firstStep !== undefined && step > this.#firstStep) this.#secondStep ??= step;
    this.#firstStep ??= step;
    this.#lastStep = step;
  }

  get changes(): boolean {
    return this.#changes > 0;
  }

  /** Steps 0, 1, 2 or 19, 39, 59: the program counts from 0. */
  get countsFromZero(): boolean {
    const first = this.#firstStep;
    if (first === undefined || first === 0) return true;
    return this.#secondStep !== undefined && this.#secondStep - first === first + 1;
  }

  /** Times of a day: the first line is much later than the time from one line to the next. */
  get isTimeOfDay(): boolean {
    if (!this.#hasColons || !this.#hasHours || this.count < 2 || this.#firstMs < hourMs)
      return false;
    const wrappedMs = this.lastMs < this.#firstMs ? dayMs : 0;
    const stepMs = (this.lastMs + wrappedMs - this.#firstMs) / (this.count - 1);
    return this.lastMs < dayMs && stepMs < this.#firstMs / 4;
  }

  /** `00:10`: minutes and seconds are assumed. */
  get mayBeHoursAndMinutes(): boolean {
    return this.#hasColons && !this.#hasHours;
  }

  /** Whole numbers without a unit that grow by more than a thousand per line. */
  get mayBeMilliseconds(): boolean {
    if (!this.#areWhole || this.count < 2) return false;
    return (this.lastMs - this.#firstMs) / (this.count - 1) >= doubtfulStepMs;
  }

  /**
   * Times that count up grow like the steps, and durations of steps stay the same. A time that ever decreases does not count
   * up.
   */
  get growth(): Growth {
    if (this.#decreases > 0) return { kind: "stays", isDoubtful: false };
    const first = this.#firstStep ?? 0;
    const last = this.#lastStep ?? 0;
    // A time that stays the same on most lines is that of a step, even if the log does not count steps.
    if (this.#changes < (this.count - 1) / 2) return { kind: "stays", isDoubtful: false };
    if (this.#firstMs <= 0 || last <= first) return { kind: "counts-up", isDoubtful: false };
    const before = this.countsFromZero ? 1 : 0;
    const expected = Math.log((last + before) / (first + before));
    const share = Math.log(this.lastMs / this.#firstMs) / expected;
    return { kind: share < 0.5 ? "stays" : "counts-up", isDoubtful: share > 0.2 && share < 0.8 };
  }
}
