import type { BucketOrder } from "./bucket-order.ts";

/** One entry for each bucket that contains a point, in order of x. */
export interface Buckets {
  /** X of the last point of each bucket. */
  x: number[];
  min: number[];
  max: number[];
  last: number[];
  /** Only for a grid with medians. */
  median: number[] | undefined;
  count: number[];
}

export interface BucketGridOptions {
  /** Where the first bucket starts. */
  fromX: number;
  /** Width of a bucket on the axis; greater than 0. */
  stepX: number;
  /** Points from here on are omitted; `overrunX` reports them. */
  toX: number;
  keepsMedian: boolean;
  /** Approximate number of points to come, to allocate memory once. */
  expectedCount?: number | undefined;
}

/** Capacity for points whose median is not computed yet. */
const leastRoom = 1024;

/**
 * Groups points into equal intervals of an axis, in any order: minimum, maximum, last value, count and, on request, the
 * exact median of each interval. Points can be added after reading: `settle` makes new points readable.
 */
export class BucketGrid {
  readonly fromX: number;
  readonly stepX: number;
  readonly #bucketLimit: number;
  readonly #keepsMedian: boolean;
  #columns = makeColumns(256);
  #bucketCount = 0;
  /** Points whose bucket has no settled median yet, in parallel arrays. */
  #waitingBuckets: Int32Array<ArrayBuffer>;
  #waitingValues: Float64Array<ArrayBuffer>;
  #waitingCount = 0;
  /** The medians of buckets below this are final; later points affect everything except the median. */
  #medianFrom = 0;
  #turn = 1;
  #overrunX: number | undefined;

  constructor({ fromX, stepX, toX, keepsMedian, expectedCount }: BucketGridOptions) {
    const room = keepsMedian ? Math.max(leastRoom, expectedCount ?? 0) : 0;
    this.#waitingBuckets = new Int32Array(room);
    this.#waitingValues = new Float64Array(room);
    this.fromX = fromX;
    this.stepX = stepX;
    this.#bucketLimit = Math.ceil((toX - fromX) / stepX);
    this.#keepsMedian = keepsMedian;
  }

  get bucketCount(): number {
    return this.#bucketCount;
  }

  /** The turn of points pushed now; `settle` ends it. */
  get turn(): number {
    return this.#turn;
  }

  /** The largest position of a point after the end; undefined if there was none. */
  get overrunX(): number | undefined {
    return this.#overrunX;
  }

  /** Ignores values and positions that are not numbers, and points before the grid. */
  push(x: number, value: number): void {
    const bucket = Math.floor((x - this.fromX) / this.stepX);
    if (!(bucket >= 0) || !Number.isFinite(value)) return;
    if (bucket >= this.#bucketLimit) {
      if (this.#overrunX === undefined || x > this.#overrunX) this.#overrunX = x;
      return;
    }
    if (bucket >= this.#bucketCount) this.#grow(bucket + 1);
    this.#add(bucket, x, value);
    if (this.#keepsMedian && bucket >= this.#medianFrom) this.#wait(bucket, value);
  }

  /**
   * Fills an empty grid with the values of one series, and settles: equivalent to pushing each value.
   *
   * @param order of a grid with the same start, width and end
   * @param values in that order; used as working memory
   */
  fillInOrder(order: BucketOrder, values: Float64Array<ArrayBuffer>): void {
    const { bucketCount, starts, sortedX } = order;
    this.#overrunX = order.overrunX;
    if (bucketCount > 0) this.#grow(bucketCount);
    let filledCount = 0;
    let lastValues = values.subarray(0, 0);
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const [start, end] = [starts[bucket] ?? 0, starts[bucket + 1] ?? 0];
      const count = this.#addStretch({ bucket, start, end }, sortedX, values);
      if (count === 0) continue;
      filledCount = bucket + 1;
      lastValues = values.subarray(start, start + count);
      if (this.#keepsMedian) this.#columns.median[bucket] = medianInPlace(lastValues);
    }
    this.#bucketCount = filledCount;
    this.#turn += 1;
    if (!this.#keepsMedian || filledCount === 0) return;
    this.#medianFrom = filledCount - 1;
    for (const value of lastValues) this.#wait(this.#medianFrom, value);
  }

  /** Adds values to one bucket, and moves the counted ones to its front; returns their number. */
  #addStretch(
    { bucket, start, end }: { bucket: number; start: number; end: number },
    places: Float64Array,
    values: Float64Array,
  ): number {
    let count = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let last = 0;
    let lastX = Number.NEGATIVE_INFINITY;
    for (let index = start; index < end; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      values[start + count] = value;
      count += 1;
      if (value < min) min = value;
      if (value > max) max = value;
      const x = places[index] ?? 0;
      if (x < lastX) continue;
      lastX = x;
      last = value;
    }
    if (count === 0) return 0;
    const columns = this.#columns;
    columns.count[bucket] = count;
    columns.changedAt[bucket] = this.#turn;
    columns.min[bucket] = min;
    columns.max[bucket] = max;
    columns.last[bucket] = last;
    columns.lastX[bucket] = lastX;
    return count;
  }

  #add(bucket: number, x: number, value: number): void {
    const { count, min, max, last, lastX, changedAt } = this.#columns;
    count[bucket] = (count[bucket] ?? 0) + 1;
    changedAt[bucket] = this.#turn;
    if (value < (min[bucket] ?? value)) min[bucket] = value;
    if (value > (max[bucket] ?? value)) max[bucket] = value;
    if (x >= (lastX[bucket] ?? x)) {
      last[bucket] = value;
      lastX[bucket] = x;
    }
  }

  /** Computes medians of the pushed points, and starts the next turn. */
  settle(): void {
    this.#turn += 1;
    if (!this.#keepsMedian || this.#waitingCount === 0) return;
    const first = this.#medianFrom;
    const starts = this.#sortedByBucket(first);
    const { median } = this.#columns;
    for (let bucket = first; bucket < this.#bucketCount; bucket++) {
      const values = starts.values.subarray(
        starts.starts[bucket - first],
        starts.starts[bucket - first + 1],
      );
      if (values.length > 0) median[bucket] = medianInPlace(values);
    }
    // Normally only the last bucket can still grow.
    this.#medianFrom = Math.max(first, this.#bucketCount - 1);
    const kept = starts.values.slice(starts.starts[this.#medianFrom - first]);
    // A grid that is updated continuously gets few points at a time.
    this.#waitingBuckets = new Int32Array(leastRoom);
    this.#waitingValues = new Float64Array(leastRoom);
    this.#waitingCount = 0;
    for (const value of kept) this.#wait(this.#medianFrom, value);
  }

  /**
   * The buckets that changed after a turn, and the index of the first of them; everything for turn 0. Undefined if
   * nothing changed.
   */
  since(turn: number): (Buckets & { fromX: number }) | undefined {
    const { count, changedAt } = this.#columns;
    for (let bucket = 0; bucket < this.#bucketCount; bucket++) {
      if ((count[bucket] ?? 0) > 0 && (changedAt[bucket] ?? 0) > turn)
        return { ...this.#read(bucket), fromX: this.fromX + bucket * this.stepX };
    }
    return undefined;
  }

  /** All buckets that contain a point. */
  all(): Buckets {
    return this.#read(0);
  }

  #read(firstBucket: number): Buckets {
    const { count, min, max, last, lastX, median } = this.#columns;
    const buckets: Buckets = {
      x: [],
      min: [],
      max: [],
      last: [],
      median: this.#keepsMedian ? [] : undefined,
      count: [],
    };
    for (let bucket = firstBucket; bucket < this.#bucketCount; bucket++) {
      const points = count[bucket] ?? 0;
      if (points === 0) continue;
      buckets.x.push(lastX[bucket] ?? 0);
      buckets.min.push(min[bucket] ?? 0);
      buckets.max.push(max[bucket] ?? 0);
      buckets.last.push(last[bucket] ?? 0);
      buckets.median?.push(median[bucket] ?? 0);
      buckets.count.push(points);
    }
    return buckets;
  }

  #grow(bucketCount: number): void {
    this.#bucketCount = bucketCount;
    const room = this.#columns.count.length;
    if (bucketCount <= room) return;
    const larger = makeColumns(Math.max(bucketCount, room * 2));
    larger.count.set(this.#columns.count);
    larger.changedAt.set(this.#columns.changedAt);
    for (const name of ["min", "max", "last", "lastX", "median"] as const)
      larger[name].set(this.#columns[name]);
    this.#columns = larger;
  }

  #wait(bucket: number, value: number): void {
    const room = this.#waitingValues.length;
    if (this.#waitingCount === room) {
      const buckets = new Int32Array(room * 2);
      const values = new Float64Array(room * 2);
      buckets.set(this.#waitingBuckets);
      values.set(this.#waitingValues);
      this.#waitingBuckets = buckets;
      this.#waitingValues = values;
    }
    this.#waitingBuckets[this.#waitingCount] = bucket;
    this.#waitingValues[this.#waitingCount] = value;
    this.#waitingCount += 1;
  }

  /** The waiting values in bucket order (a counting sort): `starts[i]` is the first index of bucket `first + i`. */
  #sortedByBucket(first: number): { values: Float64Array; starts: Int32Array } {
    const starts = new Int32Array(this.#bucketCount - first + 1);
    for (let index = 0; index < this.#waitingCount; index++) {
      const next = (this.#waitingBuckets[index] ?? 0) - first + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let index = 1; index < starts.length; index++)
      starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0);
    const ends = starts.slice();
    const values = new Float64Array(this.#waitingCount);
    for (let index = 0; index < this.#waitingCount; index++) {
      const bucket = (this.#waitingBuckets[index] ?? 0) - first;
      const place = ends[bucket] ?? 0;
      values[place] = this.#waitingValues[index] ?? 0;
      ends[bucket] = place + 1;
    }
    return { values, starts };
  }
}

interface Columns {
  count: Uint32Array;
  changedAt: Uint32Array;
  min: Float64Array;
  max: Float64Array;
  last: Float64Array;
  lastX: Float64Array;
  median: Float64Array;
}

function makeColumns(room: number): Columns {
  return {
    count: new Uint32Array(room),
    changedAt: new Uint32Array(room),
    min: new Float64Array(room).fill(Number.POSITIVE_INFINITY),
    max: new Float64Array(room).fill(Number.NEGATIVE_INFINITY),
    last: new Float64Array(room),
    lastX: new Float64Array(room).fill(Number.NEGATIVE_INFINITY),
    median: new Float64Array(room),
  };
}

/** The middle value, or the mean of the two middle values; reorders the values. */
function medianInPlace(values: Float64Array): number {
  const middle = values.length >> 1;
  const upper = selectInPlace(values, middle);
  if (values.length % 2 === 1) return upper;
  // All values to the left are at most the middle one; the maximum of them is the other middle value.
  let lower = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < middle; index++) lower = Math.max(lower, values[index] ?? lower);
  return (lower + upper) / 2;
}

/**
 * The value that would be at an index after sorting; afterwards, no value to its left is larger.
 *
 * @see Hoare 1961, algorithm 65, FIND
 */
function selectInPlace(values: Float64Array, place: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const { left, right } = partition(values, low, high);
    if (place > right && place < left) break;
    if (place <= right) high = right;
    else low = left;
  }
  return values[place] ?? 0;
}

/**
 * Moves small values to the left and large ones to the right: no value up to `right` is larger than any from `left` on.
 */
function partition(
  values: Float64Array,
  low: number,
  high: number,
): { left: number; right: number } {
  const pivot = values[(low + high) >> 1] ?? 0;
  let left = low;
  let right = high;
  for (;;) {
    while ((values[left] ?? pivot) < pivot) left += 1;
    while ((values[right] ?? pivot) > pivot) right -= 1;
    if (left > right) return { left, right };
    const kept = values[left] ?? 0;
    values[left] = values[right] ?? 0;
    values[right] = kept;
    left += 1;
    right -= 1;
  }
}

/**
 * The bucket width for which `width` buckets cover the range from `fromX` to `toX`, including the end; 1 if the range
 * is a single point.
 */
export function stepFor(fromX: number, toX: number, width: number): number {
  const stretch = toX - fromX;
  if (!(stretch > 0)) return 1;
  return (stretch * (1 + 1e-12)) / width;
}
