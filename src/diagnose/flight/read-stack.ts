import type { StackFrame } from "../../schema/diagnosis/evidence.ts";
import { isPySpyText, readPySpyText } from "./read-py-spy-text.ts";

/**
 * The stack of a program's main thread, innermost call first: as Python's `faulthandler` prints it, or `py-spy dump`, with or
 * without `--json`.
 * Undefined if the text is neither. With several dumps in one file, the last one counts.
 */
export function readStack(text: string): StackFrame[] | undefined {
  if (text.trimStart().startsWith("[")) return readPySpy(text);
  return isPySpyText(text) ? readPySpyText(text) : readFaultHandler(text);
}

const headLine = /^(?:Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):$/u;
const frameLine = /^\s+File "(?<file>.*)", line (?<line>\d+) in (?<name>.+)$/u;

/** It prints the main thread last, except when that is the current thread. */
function readFaultHandler(text: string): StackFrame[] | undefined {
  const stacks: StackFrame[][] = [];
  for (const line of text.split("\n")) {
    if (headLine.test(line.trimEnd())) stacks.push([]);
    const groups = frameLine.exec(line.trimEnd())?.groups;
    if (groups === undefined) continue;
    const { file = "", line: number = "0", name = "" } = groups;
    stacks.at(-1)?.push({ function: name, file, line: Number(number) });
  }
  return stacks.findLast((stack) => stack.length > 0);
}

function readPySpy(text: string): StackFrame[] | undefined {
  const threads = parseList(text);
  const main =
    threads.find((thread) => field(thread, "thread_name") === "MainThread") ?? threads[0];
  const frames = field(main, "frames");
  if (!Array.isArray(frames)) return undefined;
  return frames.map((frame) => ({
    function: textOf(field(frame, "name")),
    file: textOf(field(frame, "filename")),
    line: Math.max(0, Math.trunc(Number(field(frame, "line")) || 0)),
  }));
}

function parseList(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // Not JSON: not a stack of py-spy.
    return [];
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The innermost call of the program's own code: not in the standard library, in an installed package, or generated. */
export function ownFrame(frames: readonly StackFrame[]): StackFrame | undefined {
  return frames.find(({ file }) => !isLibrary(file));
}

function isLibrary(file: string): boolean {
  return (
    file.startsWith("<") ||
    /[/\\](site-packages|dist-packages)[/\\]/u.test(file) ||
    /[/\\]lib[/\\]python\d/u.test(file) ||
    /[/\\]torch[/\\](distributed|nn|utils|autograd|optim)[/\\]/u.test(file)
  );
}
