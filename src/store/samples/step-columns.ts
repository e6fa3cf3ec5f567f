/** Rows per block of columns: large enough to amortize its allocation, small enough to waste little memory. */
const chunkRows = 1 << 16;
/** Ranks are array indices here; a larger number is treated as an error. */
const maximumRanks = 1 << 20;

/** One step sample as numbers. Times are for `stepCount` steps together, in milliseconds. */
export interface StepRow {
  timeMs: number;
  rank: number;
  step: number;
  samplesCount: number;
  stepCount: number;
  computeMs: number;
  communicationMs: number;
  dataWaitMs: number;
  /** NaN if absent. */
  loss: number;
  /** The parts of the computation; NaN if absent. */
  forwardMs: number;
  backwardMs: number;
  optimizerMs: number;
}

/** The parts of the computation that a program may report. */
export const computePhases = ["forwardMs", "backwardMs", "optimizerMs"] as const;
export type ComputePhase = (typeof computePhases)[number];

/** Rows stored column by column. Times of parts are per step. Only the first `rowCount` entries are valid. */
export interface StepChunk {
  rowCount: number;
  readonly rank: Uint32Array<ArrayBuffer>;
  readonly timeMs: Float64Array<ArrayBuffer>;
  readonly samplesCount: Float64Array<ArrayBuffer>;
  /** NaN if the program did not report it. */
  readonly loss: Float64Array<ArrayBuffer>;
  readonly computeMs: Float32Array<ArrayBuffer>;
  readonly communicationMs: Float32Array<ArrayBuffer>;
  readonly dataWaitMs: Float32Array<ArrayBuffer>;
  /** Time between steps, plus time in steps that belongs to none of the three parts; NaN for a rank's first sample. */
  readonly otherMs: Float32Array<ArrayBuffer>;
  /** NaN where the program did not report it. Empty until a row of this chunk has one: most programs report none. */
  forwardMs: Float32Array<ArrayBuffer>;
  backwardMs: Float32Array<ArrayBuffer>;
  optimizerMs: Float32Array<ArrayBuffer>;
}

/** All rows of some files, in the form that a worker thread or the cache file returns. */
export interface StepPart {
  chunks: readonly StepChunk[];
  /** Last time of each rank in milliseconds since the epoch; NaN for a rank without rows. */
  lastMsByRank: Float64Array<ArrayBuffer>;
  /** Of all rows. */
  firstTimeMs: number;
  lastTimeMs: number;
  hasLoss: boolean;
  hasPhases: boolean;
  maximumSamples: number;
}

/** Step samples of all ranks in reading order, 44 bytes each; 56 with the parts of the computation. */
export class StepColumns {
  readonly chunks: StepChunk[] = [];
  #rowCount = 0;
  #lastMs = new Float64Array(64).fill(Number.NaN);
  #firstTimeMs = Number.POSITIVE_INFINITY;
  #lastTimeMs = Number.NEGATIVE_INFINITY;
  #hasLoss = false;
  #hasPhases = false;
  #maximumSamples = 0;

  get rowCount(): number {
    return this.#rowCount;
  }

  /** Of all rows, milliseconds since the epoch; undefined if there are no rows. */
  get timeRange(): { fromMs: number; toMs: number } | undefined {
    if (this.#rowCount === 0) return undefined;
    return { fromMs: this.#firstTimeMs, toMs: this.#lastTimeMs };
  }

  get hasLoss(): boolean {
    return this.#hasLoss;
  }

  /** Whether any row has a part of the computation. */
  get hasPhases(): boolean {
    return this.#hasPhases;
  }

  get maximumSamples(): number {
    return this.#maximumSamples;
  }

  /** Ranks with rows, in order. */
  ranks(): number[] {
    const ranks: number[] = [];
    for (const [rank, lastMs] of this.#lastMs.entries())
      if (!Number.isNaN(lastMs)) ranks.push(rank);
    return ranks;
  }

  /** All data, not copied: afterwards, discard these columns or do not modify the part. */
  part(): StepPart {
    return {
      chunks: this.chunks,
      lastMsByRank: this.#lastMs,
      firstTimeMs: this.#firstTimeMs,
      lastTimeMs: this.#lastTimeMs,
      hasLoss: this.#hasLoss,
      hasPhases: this.#hasPhases,
      maximumSamples: this.#maximumSamples,
    };
  }

  /** Adds rows that were read elsewhere, without copying them. */
  adopt({ chunks, lastMsByRank, ...part }: StepPart): void {
    for (const chunk of chunks) {
      this.chunks.push(chunk);
      this.#rowCount += chunk.rowCount;
    }
    this.#makeRoomFor(lastMsByRank.length - 1);
    for (const [rank, lastMs] of lastMsByRank.entries())
      if (!Number.isNaN(lastMs)) this.#lastMs[rank] = lastMs;
    this.#firstTimeMs = Math.min(this.#firstTimeMs, part.firstTimeMs);
    this.#lastTimeMs = Math.max(this.#lastTimeMs, part.lastTimeMs);
    this.#hasLoss ||= part.hasLoss;
    this.#hasPhases ||= part.hasPhases;
    this.#maximumSamples = Math.max(this.#maximumSamples, part.maximumSamples);
  }

  /** @returns false for an invalid row, which is skipped */
  push(row: StepRow): boolean {
    const { rank, timeMs, stepCount } = row;
    if (!(rank >= 0 && rank < maximumRanks && Number.isInteger(rank) && stepCount > 0))
      return false;
    if (!Number.isFinite(timeMs)) return false;
    const chunk = this.#chunkWithRoom();
    const index = chunk.rowCount;
    const parts = row.computeMs + row.communicationMs + row.dataWaitMs;
    chunk.rank[index] = rank;
    chunk.timeMs[index] = timeMs;
    chunk.samplesCount[index] = row.samplesCount;
    chunk.loss[index] = row.loss;
    chunk.computeMs[index] = row.computeMs / stepCount;
    chunk.communicationMs[index] = row.communicationMs / stepCount;
    chunk.dataWaitMs[index] = row.dataWaitMs / stepCount;
    chunk.otherMs[index] = this.#otherMs(rank, timeMs, parts) / stepCount;
    for (const phase of computePhases) this.#storePhase(chunk, phase, row[phase] / stepCount);
    chunk.rowCount += 1;
    this.#rowCount += 1;
    this.#widen(row);
    return true;
  }

  #storePhase(chunk: StepChunk, phase: ComputePhase, ms: number): void {
    if (Number.isNaN(ms)) return;
    if (chunk[phase].length === 0)
      chunk[phase] = new Float32Array(chunk.timeMs.length).fill(Number.NaN);
    chunk[phase][chunk.rowCount] = ms;
    this.#hasPhases = true;
  }

  #widen({ timeMs, loss, samplesCount }: StepRow): void {
    if (timeMs < this.#firstTimeMs) this.#firstTimeMs = timeMs;
    if (timeMs > this.#lastTimeMs) this.#lastTimeMs = timeMs;
    if (samplesCount > this.#maximumSamples) this.#maximumSamples = samplesCount;
    if (!Number.isNaN(loss)) this.#hasLoss = true;
  }

  /** Time since the rank's previous sample that belongs to none of the parts. */
  #otherMs(rank: number, timeMs: number, partsMs: number): number {
    this.#makeRoomFor(rank);
    const elapsedMs = timeMs - (this.#lastMs[rank] ?? Number.NaN);
    this.#lastMs[rank] = timeMs;
    return elapsedMs < 0 ? Number.NaN : Math.max(0, elapsedMs - partsMs);
  }

  #makeRoomFor(rank: number): void {
    if (rank < this.#lastMs.length) return;
    const larger = new Float64Array(Math.max(rank + 1, this.#lastMs.length * 2)).fill(Number.NaN);
    larger.set(this.#lastMs);
    this.#lastMs = larger;
  }

  #chunkWithRoom(): StepChunk {
    const last = this.chunks.at(-1);
    if (last !== undefined && last.rowCount < last.timeMs.length) return last;
    // The first block is small: most runs have few samples.
    const room = last === undefined ? 1024 : Math.min(chunkRows, last.timeMs.length * 4);
    const chunk = {
      rowCount: 0,
      rank: new Uint32Array(room),
      timeMs: new Float64Array(room),
      samplesCount: new Float64Array(room),
      loss: new Float64Array(room),
      computeMs: new Float32Array(room),
      communicationMs: new Float32Array(room),
      dataWaitMs: new Float32Array(room),
      otherMs: new Float32Array(room),
      forwardMs: new Float32Array(0),
      backwardMs: new Float32Array(0),
      optimizerMs: new Float32Array(0),
    };
    this.chunks.push(chunk);
    return chunk;
  }
}
