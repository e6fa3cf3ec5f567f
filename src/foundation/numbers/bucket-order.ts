export interface BucketOrderOptions {
  /** Where the first bucket starts. */
  fromX: number;
  /** Width of a bucket on the axis; greater than 0. */
  stepX: number;
  /** Points from here on are omitted; `overrunX` reports them. */
  toX: number;
  /** The maximum number of points. */
  mostPoints: number;
}

/**
 * The positions of many points in equal intervals of an axis, computed once for all series with a value at each
 * position. Push all positions, then call `settle`.
 */
export class BucketOrder {
  readonly fromX: number;
  readonly stepX: number;
  readonly toX: number;
  readonly #bucketLimit: number;
  readonly #buckets: Int32Array<ArrayBuffer>;
  readonly #places: Float64Array<ArrayBuffer>;
  #count = 0;
  #bucketCount = 0;
  #overrunX: number | undefined;
  #starts = new Int32Array(1);
  /** The index of each point in bucket order. */
  #positions = new Int32Array(0);
  #sortedX = new Float64Array(0);

  constructor({ fromX, stepX, toX, mostPoints }: BucketOrderOptions) {
    this.fromX = fromX;
    this.stepX = stepX;
    this.toX = toX;
    this.#bucketLimit = Math.ceil((toX - fromX) / stepX);
    this.#buckets = new Int32Array(mostPoints);
    this.#places = new Float64Array(mostPoints);
  }

  get bucketCount(): number {
    return this.#bucketCount;
  }

  /** The largest position of a point after the end; undefined if there was none. */
  get overrunX(): number | undefined {
    return this.#overrunX;
  }

  /** Bucket boundaries: `starts[i]` is the first index of bucket `i`; the last entry is the end of the last bucket. */
  get starts(): Int32Array {
    return this.#starts;
  }

  /** Positions in bucket order. */
  get sortedX(): Float64Array {
    return this.#sortedX;
  }

  /** The position of the next point; NaN for a point without one. */
  push(x: number): void {
    let bucket = Math.floor((x - this.fromX) / this.stepX);
    if (!(bucket >= 0)) bucket = -1;
    else if (bucket >= this.#bucketLimit) {
      if (this.#overrunX === undefined || x > this.#overrunX) this.#overrunX = x;
      bucket = -1;
    } else if (bucket >= this.#bucketCount) this.#bucketCount = bucket + 1;
    this.#buckets[this.#count] = bucket;
    this.#places[this.#count] = x;
    this.#count += 1;
  }

  /** Sorts the points by bucket, preserving their order within a bucket (a counting sort). */
  settle(): void {
    const starts = new Int32Array(this.#bucketCount + 1);
    for (let index = 0; index < this.#count; index++) {
      const next = (this.#buckets[index] ?? 0) + 1;
      if (next > 0) starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let bucket = 1; bucket < starts.length; bucket++)
      starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
    this.#starts = starts;
    this.#sort(starts.slice());
  }

  /** @param ends index for the next point of each bucket; modified */
  #sort(ends: Int32Array): void {
    const positions = new Int32Array(this.#count);
    const sortedX = new Float64Array(this.#starts.at(-1) ?? 0);
    for (let index = 0; index < this.#count; index++) {
      const bucket = this.#buckets[index] ?? -1;
      positions[index] = -1;
      if (bucket < 0) continue;
      const position = ends[bucket] ?? 0;
      ends[bucket] = position + 1;
      positions[index] = position;
      sortedX[position] = this.#places[index] ?? 0;
    }
    this.#positions = positions;
    this.#sortedX = sortedX;
  }

  /**
   * The values of one series in bucket order.
   *
   * @param handOver yields the values, column after column, in the order in which the positions were pushed
   */
  sorted(
    handOver: (put: (column: Float32Array | Float64Array, count: number) => void) => void,
  ): Float64Array<ArrayBuffer> {
    const positions = this.#positions;
    const values = new Float64Array(this.#sortedX.length);
    let from = 0;
    handOver((column, count) => {
      for (let index = 0; index < count; index++) {
        const position = positions[from + index] ?? -1;
        if (position >= 0) values[position] = column[index] ?? Number.NaN;
      }
      from += count;
    });
    return values;
  }
}
