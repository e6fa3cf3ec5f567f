// Communication of replicas: one block of shared memory and `Atomics`, the same in worker threads and in a
// page's workers. Layout: control words, one number of each rank, one gradient slot per rank, and
// the parameters, of which every replica reads all and writes its own shard.

const controlWordCount = 4;
const arrivedWord = 0;
const generationWord = 1;
const abortWord = 2;
const gateWord = 3;

/** Number of polls before a waiting thread sleeps: a few microseconds. */
const spinCount = 200;

/** Shared state of the replicas of one run. Can be posted to a worker. */
export interface GroupMemory {
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
  readonly size: number;
  readonly parameterCount: number;
}

/** Memory for a group of `size` replicas, zeroed, its gate closed. */
export function groupMemory(size: number, parameterCount: number): GroupMemory {
  const byteCount = parametersOffset(size, parameterCount) + 4 * parameterCount;
  // A page that is not cross-origin isolated has no shared memory; a single replica does not need it.
  const canShare = typeof SharedArrayBuffer !== "undefined";
  if (!canShare && size > 1) throw new Error("several workers need SharedArrayBuffer");
  const buffer = canShare ? new SharedArrayBuffer(byteCount) : new ArrayBuffer(byteCount);
  return { buffer, size, parameterCount };
}

/** Lets replicas that wait in `awaitStart` begin. */
export function openGate(memory: GroupMemory): void {
  const control = controlOf(memory);
  Atomics.store(control, gateWord, 1);
  Atomics.notify(control, gateWord);
}

/** Makes every replica throw `GroupAborted` at its next meeting, including those that wait in one. */
export function abortGroup(memory: GroupMemory): void {
  const control = controlOf(memory);
  Atomics.store(control, abortWord, 1);
  // The words that others sleep on must change too: one may be just about to fall asleep on them.
  Atomics.store(control, gateWord, 1);
  Atomics.notify(control, gateWord);
  Atomics.add(control, generationWord, 1);
  Atomics.notify(control, generationWord);
}

/** Thrown in a replica when its group was stopped or a member is missing. */
export class GroupAborted extends Error {
  override readonly name = "GroupAborted";
}

/** One replica's end of the group. */
export interface Communicator {
  readonly rank: number;
  readonly size: number;
  /** Shared by all; a replica writes its shard only, between `reduceScatter` and `meet`. */
  readonly parameters: Float32Array;
  /** The part of the parameters, and of the gradients, that is this rank's to update. */
  readonly shard: { readonly start: number; readonly stop: number };
  /** The buffer for this rank's gradients before `reduceScatter`. */
  readonly gradients: Float32Array;
  /** One number of each rank: its own is written before a meeting, all are read after it. */
  readonly numbers: Float64Array;
  /** Sleeps until the gate opens. @throws GroupAborted */
  awaitStart(): void;
  /** @throws GroupAborted if the group was stopped */
  check(): void;
  /** Sleeps until every rank has arrived. @throws GroupAborted also if one does not arrive in time */
  meet(): void;
  /**
   * Meets, then adds up all ranks' gradients over this rank's shard: in rank order, in double
   * precision, rounded once.
   */
  reduceScatter(): Float32Array;
  /** Concatenates the values of all ranks in rank order. All ranks must contribute the same number. */
  allGather(values: Float32Array): Float32Array;
}

/** @param patienceMs how long a meeting waits for the last rank before it aborts the group */
export function joinGroup(memory: GroupMemory, rank: number, patienceMs = 60_000): Communicator {
  const { buffer, size, parameterCount } = memory;
  const control = controlOf(memory);
  const slots = Array.from(
    { length: size },
    (_, index) =>
      new Float32Array(buffer, slotsOffset(size) + 4 * parameterCount * index, parameterCount),
  );
  const shard = {
    start: Math.floor((rank * parameterCount) / size),
    stop: Math.floor(((rank + 1) * parameterCount) / size),
  };
  const own = slots[rank];
  if (own === undefined) throw new RangeError(`rank ${rank} in a group of ${size}`);
  const summed = new Float32Array(size === 1 ? 0 : shard.stop - shard.start);

  function check(): void {
    if (Atomics.load(control, abortWord) !== 0) throw new GroupAborted("the group was stopped");
  }
  function meet(): void {
    check();
    if (size === 1) return;
    const isComplete = arrive(control, size, patienceMs);
    if (!isComplete) abortGroup(memory);
    if (!isComplete) throw new GroupAborted(`a replica was missing for ${patienceMs} ms`);
    check();
  }
  return {
    rank,
    size,
    shard,
    parameters: new Float32Array(buffer, parametersOffset(size, parameterCount), parameterCount),
    gradients: own,
    numbers: new Float64Array(buffer, 4 * controlWordCount, size),
    check,
    meet,
    awaitStart() {
      check();
      if (Atomics.load(control, gateWord) === 0) Atomics.wait(control, gateWord, 0);
      check();
    },
    reduceScatter() {
      meet();
      if (size === 1) return own;
      addInOrderInto(summed, slots, shard.start);
      return summed;
    },
    allGather: (values) => (size === 1 ? values : gather(values, { slots, own, rank, meet })),
  };
}

/** @returns whether all arrived, or the group was stopped; false if time ran out */
function arrive(control: Int32Array, size: number, patienceMs: number): boolean {
  const generation = Atomics.load(control, generationWord);
  if (Atomics.add(control, arrivedWord, 1) === size - 1) {
    Atomics.store(control, arrivedWord, 0);
    Atomics.add(control, generationWord, 1);
    Atomics.notify(control, generationWord);
    return true;
  }
  for (let spin = 0; spin < spinCount; spin++) {
    if (Atomics.load(control, generationWord) !== generation) return true;
  }
  // The last rank moves the generation on and wakes the others a moment later. A rank that saw the
  // change without sleeping may already sleep in the next meeting and gets a spurious wake-up.
  while (Atomics.load(control, generationWord) === generation) {
    if (Atomics.wait(control, generationWord, generation, patienceMs) === "timed-out") break;
  }
  return Atomics.load(control, generationWord) !== generation;
}

function addInOrderInto(sum: Float32Array, slots: readonly Float32Array[], start: number): void {
  const [first, second] = slots;
  if (slots.length === 2 && first !== undefined && second !== undefined) {
    for (let index = 0; index < sum.length; index++) {
      sum[index] = (first[start + index] ?? 0) + (second[start + index] ?? 0);
    }
    return;
  }
  for (let index = 0; index < sum.length; index++) {
    let total = 0;
    for (const slot of slots) total += slot[start + index] ?? 0;
    sum[index] = total;
  }
}

/** Works in rounds of at most the capacity of a gradient slot. */
function gather(
  values: Float32Array,
  group: {
    readonly slots: readonly Float32Array[];
    readonly own: Float32Array;
    readonly rank: number;
    readonly meet: () => void;
  },
): Float32Array {
  const all = new Float32Array(values.length * group.slots.length);
  for (let start = 0; start < values.length; start += group.own.length) {
    const part = values.subarray(start, start + group.own.length);
    group.own.set(part);
    group.meet();
    for (const [rank, slot] of group.slots.entries()) {
      all.set(slot.subarray(0, part.length), rank * values.length + start);
    }
    group.meet();
  }
  return all;
}

function controlOf(memory: GroupMemory): Int32Array {
  return new Int32Array(memory.buffer, 0, controlWordCount);
}

function slotsOffset(size: number): number {
  return 4 * controlWordCount + 8 * size;
}

function parametersOffset(size: number, parameterCount: number): number {
  return slotsOffset(size) + 4 * parameterCount * size;
}
