import { groupBy } from "../../foundation/collections/group-by.ts";
import type { StackFrame } from "../../schema/diagnosis/evidence.ts";
import { notAtStore } from "./not-at-store.ts";
import type { RankStack } from "../flight/causes-of-dumps.ts";

/** The ranks that the others wait for, by what each of them does. */
export interface OutOfStep {
  ranks: number[];
  /** Of the first of them; absent if it left no stack. */
  stack: RankStack | undefined;
  /** A rank that waits. */
  waiting: RankStack | undefined;
  waitingCount: number;
}

/** Calls in which a rank waits for other ranks, in the words of PyTorch, NCCL, MPI, Horovod and JAX. */
const collectiveCall =
  /^_?(?:i?all_?reduce|all_?gather|reduce_?scatter|all_?to_?all|broadcast|barrier|monitored_barrier|batch_isend_irecv|sync_global_devices|synchronize|wait_for_everyone)/iu;
const pointToPointCall = /^_?i?(?:recv|send)/iu;

/**
 * Which ranks a stopped job waits for, from the stacks of its ranks: those that are in no call of a collective while others are; those
 * that left no stack although the others wait; else the few whose stack differs from that of most. Undefined if the stacks do not tell
 * them apart.
 *
 * @param rankCount of the job
 */
export function ranksOutOfStep(
  stacks: readonly RankStack[],
  rankCount: number,
): OutOfStep | undefined {
  if (rankCount < 2 || stacks.length === 0) return undefined;
  const away = notAtStore(stacks, rankCount);
  if (away.length > 0)
    return outOfStep(
      away,
      stacks.filter(({ rank }) => away.every((each) => each.rank !== rank)),
    );
  const waiting = stacks.filter(({ frames }) => isInCollective(frames));
  const busy = stacks.filter((stack) => !waiting.includes(stack));
  if (waiting.length > 0 && busy.length > 0 && busy.length <= rankCount / 2)
    return outOfStep(busy, waiting);
  const silent = busy.length === 0 ? silentOnes(waiting, rankCount) : undefined;
  // Queues and pipes have calls named `recv`, too, so these do not say what a rank waits for.
  const isClear = waiting.some(({ frames }) => frames.some(isCollective));
  return silent ?? (isClear ? undefined : fewOfManyAlike(stacks, rankCount));
}

function isInCollective(frames: readonly StackFrame[]): boolean {
  return frames.some((frame) => isCollective(frame) || isPointToPoint(frame));
}

/** Sockets and pipes of the program itself have calls of these names, too. */
const ofOwnConnection = /(?:^|[/\\])(?:ssl|socket|http\w*|urllib\w*)\.py$|[/\\]asyncio[/\\]/u;

function isPointToPoint({ function: name, file }: StackFrame): boolean {
  return pointToPointCall.test(name) && !ofOwnConnection.test(file);
}

function isCollective({ function: name, file }: StackFrame): boolean {
  return collectiveCall.test(name) || /torch[/\\]distributed[/\\]distributed_c10d/u.test(file);
}

function outOfStep(blamed: readonly RankStack[], waiting: readonly RankStack[]): OutOfStep {
  const ranks = blamed.map(({ rank }) => rank).toSorted((a, b) => a - b);
  return { ranks, stack: blamed[0], waiting: waiting[0], waitingCount: waiting.length };
}

/** A stopped process, or one that never gives its interpreter free, writes no stack. */
function silentOnes(waiting: readonly RankStack[], rankCount: number): OutOfStep | undefined {
  const seen = new Set(waiting.map(({ rank }) => rank));
  const missing = Array.from({ length: rankCount }, (_, rank) => rank).filter(
    (rank) => !seen.has(rank),
  );
  if (missing.length === 0 || missing.length >= waiting.length) return undefined;
  return { ranks: missing, stack: undefined, waiting: waiting[0], waitingCount: waiting.length };
}

function fewOfManyAlike(stacks: readonly RankStack[], rankCount: number): OutOfStep | undefined {
  const byCalls = groupsBy(stacks, ({ frames }) =>
    frames.map(({ function: name, file }) => `${file} ${name}`).join("\n"),
  );
  return clearMinority(byCalls, rankCount) ?? clearMinority(groupsAtFork(stacks), rankCount);
}

function clearMinority(
  groups: readonly (readonly RankStack[])[],
  rankCount: number,
): OutOfStep | undefined {
  const [largest, ...others] = groups.toSorted((a, b) => b.length - a.length);
  const few = others.flat();
  if (largest === undefined || few.length === 0) return undefined;
  const isClear = largest.length > rankCount / 2 && few.length <= rankCount / 3;
  return isClear ? outOfStep(few, largest) : undefined;
}

/** By the line at which the stacks first differ, from the program's own start on: ranks wait in one step of it by different calls. */
function groupsAtFork(stacks: readonly RankStack[]): RankStack[][] {
  const longest = Math.max(...stacks.map(({ frames }) => frames.length));
  for (let depth = 1; depth <= longest; depth += 1) {
    const groups = groupsBy(stacks, ({ frames }) => {
      const frame = frames.at(-depth);
      return frame === undefined ? "" : `${frame.file} ${frame.function} ${frame.line}`;
    });
    if (groups.length > 1) return groups;
  }
  return [];
}

function groupsBy(
  stacks: readonly RankStack[],
  keyOf: (stack: RankStack) => string,
): RankStack[][] {
  return [...groupBy(stacks, keyOf).values()];
}
