export interface BucketOrderOptions {
  /** Where the first bucket starts. */
  fromX: number;
  /** Width of a bucket on the axis; greater than 0. */
  stepX: number;
  /** Points from here on are left out, and `overrunX` tells of them. */
  toX: number;
  /** The most points there can be. */
  mostPoints: number;
}

/**
 * The places of many points in equal stretches of an axis, worked out once for all series that have a value at each of
 * them. Push every place, then `settle`.
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
  /** Where each point stands once they are in order of buckets. */
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

  /** The greatest place behind the end at which there was a point; undefined where there was none. */
  get overrunX(): number | undefined {
    return this.#overrunX;
  }

  /** Bucket after bucket: `starts[i]` is where bucket `i` begins, and the last entry where they all end. */
  get starts(): Int32Array {
    return this.#starts;
  }

  /** Places in order of buckets. */
  get sortedX(): Float64Array {
    return this.#sortedX;
  }

  /** The place of the next point; NaN for one that has none. */
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

  /** Puts the points in order, those of one bucket as they came (a counting sort). */
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

  /** @param ends where the next point of each bucket goes; changed */
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
   * The values of one series in order of buckets.
   *
   * @param handOver gives them, column after column, in the order in which the places were pushed
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
