import { isJsonObject } from "../../foundation/json.ts";
import type { StackFrame } from "../../schema/diagnosis/evidence.ts";

/** A main thread that waits for a lock, and what the thread does that runs or waits for another lock meanwhile. */
export interface WaitedLock {
  holder: StackFrame;
}

interface Thread {
  isMain: boolean;
  /** It holds the lock of Python itself. */
  ownsGil: boolean;
  frames: StackFrame[];
}

const threadLine = /^Thread (?:0x)?[\da-f]+ \((?<state>[^)]*)\)(?:: "(?<name>[^"]*)")?/iu;
const frameLine = /^\s{2,}(?<call>\S.*?) \((?<file>[^()]+):(?<line>\d+)\)$/u;
/** Innermost calls of a thread that waits for a lock; those that wait for work have others. */
const waitsForLock =
  /^(?:acquire|__enter__|_acquire_restore|acquire_lock|take_gil|pthread_mutex_lock)$/u;

/**
 * Whether the main thread of a process waits for a lock while another thread has Python's own lock, or waits for a lock too; from the text of
 * `py-spy dump`, or its JSON.
 */
export function lockOfStack(text: string): WaitedLock | undefined {
  const threads = text.trimStart().startsWith("[") ? threadsOfJson(text) : threadsOfText(text);
  const main = threads.find(({ isMain }) => isMain);
  if (main === undefined || !isAtLock(main)) return undefined;
  const other = threads.find((thread) => !thread.isMain && (thread.ownsGil || isAtLock(thread)));
  const holder = other?.frames.find(({ function: name }) => !waitsForLock.test(name));
  return holder === undefined ? undefined : { holder };
}

function isAtLock({ frames }: Thread): boolean {
  return waitsForLock.test(frames[0]?.function ?? "");
}

function threadsOfText(text: string): Thread[] {
  const threads: Thread[] = [];
  for (const line of text.split("\n")) {
    const thread = threadLine.exec(line)?.groups;
    if (thread !== undefined) {
      const { state = "", name } = thread;
      threads.push({ isMain: name === "MainThread", ownsGil: /gil/u.test(state), frames: [] });
    }
    const frame = frameLine.exec(line.trimEnd())?.groups;
    if (frame === undefined) continue;
    const { call = "", file = "", line: number = "0" } = frame;
    threads.at(-1)?.frames.push({ function: call, file, line: Number(number) });
  }
  return threads;
}

function threadsOfJson(text: string): Thread[] {
  return parsedList(text).flatMap((thread): Thread[] => {
    if (!isJsonObject(thread)) return [];
    const { frames } = thread;
    if (!Array.isArray(frames)) return [];
    const known = frames.filter((frame) => isJsonObject(frame)).map((frame) => frameOf(frame));
    const isMain = thread["thread_name"] === "MainThread";
    return [{ isMain, ownsGil: thread["owns_gil"] === true, frames: known }];
  });
}

function frameOf(frame: Readonly<Record<string, unknown>>): StackFrame {
  const { name, filename, line } = frame;
  return {
    function: typeof name === "string" ? name : "",
    file: typeof filename === "string" ? filename : "",
    line: typeof line === "number" && line > 0 ? Math.trunc(line) : 0,
  };
}

function parsedList(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // Not JSON: not a stack of py-spy.
    return [];
  }
}
