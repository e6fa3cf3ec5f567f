import type { Evaluation } from "../../schema/run/outcome/run-result.ts";

/** Up to this many evaluations, all are kept. */
const defaultMaximum = 1000;

/** A kept evaluation and its number among all evaluations, counted from 1. */
export interface NumberedEvaluation {
  number: number;
  evaluation: Evaluation;
}

/**
 * Keeps a limited number of evaluations of a run of any length, in order.
 *
 * Evaluations are grouped into buckets of equal count. Of each bucket the first, the minimum, the maximum and the last
 * are kept, and all pinned ones. If more than the maximum are kept, neighboring buckets are merged. Which evaluations
 * are kept depends only on the sequence of values and pins, so a run and its record keep the same ones.
 */
export class ThinnedEvaluations {
  readonly #maximum: number;
  readonly #kept: Evaluation[] = [];
  /** For each kept evaluation, its number. */
  readonly #numbers: number[] = [];
  readonly #pinned = new Set<Evaluation>();
  #bucketSize = 1;
  #count = 0;
  /** Index in the kept evaluations where the newest bucket begins. */
  #openIndex = 0;
  #mergeCount = 0;

  /** @param maximum of kept evaluations, without the pinned ones; at least 4 */
  constructor(maximum = defaultMaximum) {
    this.#maximum = Math.max(4, maximum);
  }

  /** The kept evaluations in order. The array is updated by `push`. */
  get kept(): readonly Evaluation[] {
    return this.#kept;
  }

  /** Number of evaluations added. */
  get count(): number {
    return this.#count;
  }

  /** Number of evaluations that each bucket contains; 1 as long as all are kept. */
  get bucketSize(): number {
    return this.#bucketSize;
  }

  /** This many evaluations at the beginning of `kept` remain the same until buckets are merged. */
  get settledCount(): number {
    return this.#count % this.#bucketSize === 0 ? this.#kept.length : this.#openIndex;
  }

  /** How often buckets were merged. */
  get mergeCount(): number {
    return this.#mergeCount;
  }

  push(evaluation: Evaluation): void {
    const isNewBucket = this.#count % this.#bucketSize === 0;
    this.#count += 1;
    if (isNewBucket) this.#openIndex = this.#kept.length;
    this.#kept.push(evaluation);
    this.#numbers.push(this.#count);
    if (this.#kept.length - this.#openIndex > 2) this.#thin(this.#openIndex, this.#kept.length);
    while (this.#kept.length - this.#pinned.size > this.#maximum) this.#merge();
  }

  /** Keeps the newest evaluation in any case. */
  pinNewest(): void {
    const newest = this.#kept.at(-1);
    if (newest !== undefined) this.#pinned.add(newest);
  }

  /** The kept evaluations as values of their own, with their numbers if some are not kept. */
  list(): Evaluation[] {
    if (this.#count === this.#kept.length) return [...this.#kept];
    const listed: Evaluation[] = [];
    for (const { number, evaluation } of this.keptAfter(0)) listed.push({ ...evaluation, number });
    return listed;
  }

  /** The kept evaluations after the given number, in order. */
  keptAfter(number: number): NumberedEvaluation[] {
    const found: NumberedEvaluation[] = [];
    for (let index = this.#kept.length - 1; index >= 0; index--) {
      const evaluation = this.#kept[index];
      const ownNumber = this.#numbers[index] ?? 0;
      if (evaluation === undefined || ownNumber <= number) break;
      found.push({ number: ownNumber, evaluation });
    }
    return found.toReversed();
  }

  #merge(): void {
    this.#bucketSize *= 2;
    this.#mergeCount += 1;
    const numbers = [...this.#numbers];
    const kept = [...this.#kept];
    this.#numbers.length = 0;
    this.#kept.length = 0;
    this.#openIndex = 0;
    let bucket = -1;
    for (const [index, evaluation] of kept.entries()) {
      const number = numbers[index] ?? 0;
      const ownBucket = Math.floor((number - 1) / this.#bucketSize);
      if (ownBucket !== bucket) {
        this.#thin(this.#openIndex, this.#kept.length);
        this.#openIndex = this.#kept.length;
        bucket = ownBucket;
      }
      this.#kept.push(evaluation);
      this.#numbers.push(number);
    }
    this.#thin(this.#openIndex, this.#kept.length);
  }

  /** Reduces the kept evaluations of the newest bucket to its first, minimum, maximum, last and pinned ones. */
  #thin(from: number, to: number): void {
    let minimum = from;
    let maximum = from;
    for (let index = from + 1; index < to; index++) {
      if (this.#valueAt(index) < this.#valueAt(minimum)) minimum = index;
      if (this.#valueAt(index) > this.#valueAt(maximum)) maximum = index;
    }
    let end = from;
    for (let index = from; index < to; index++) {
      const isEdge = index === from || index === to - 1;
      const evaluation = this.#kept[index];
      const number = this.#numbers[index];
      if (evaluation === undefined || number === undefined) continue;
      if (!isEdge && index !== minimum && index !== maximum && !this.#pinned.has(evaluation))
        continue;
      this.#kept[end] = evaluation;
      this.#numbers[end] = number;
      end += 1;
    }
    this.#kept.length = end;
    this.#numbers.length = end;
  }

  #valueAt(index: number): number {
    return this.#kept[index]?.value ?? Number.NaN;
  }
}
