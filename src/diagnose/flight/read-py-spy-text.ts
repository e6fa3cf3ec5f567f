import type { StackFrame } from "../../schema/diagnosis/evidence.ts";

const threadLine = /^Thread (?:0x)?[\da-f]+ \([^)]*\)(?:: "([^"]*)")?/iu;
const frameLine = /^\s{2,}(\S.*?) \(([^()]+):(\d+)\)$/u;

/** Whether a text is what `py-spy dump` prints for people. */
export function isPySpyText(text: string): boolean {
  return /^Process \d+: .*\nPython v\d/mu.test(text.slice(0, 4096));
}

/** The stack of the main thread, else of the first. */
export function readPySpyText(text: string): StackFrame[] | undefined {
  const threads: { name: string | undefined; frames: StackFrame[] }[] = [];
  for (const line of text.split("\n")) {
    const thread = threadLine.exec(line);
    if (thread !== null) threads.push({ name: thread[1], frames: [] });
    const frame = frameLine.exec(line.trimEnd());
    if (frame !== null) threads.at(-1)?.frames.push(frameOf(frame));
  }
  return (threads.find(({ name }) => name === "MainThread") ?? threads[0])?.frames;
}

function frameOf([, name = "", file = "", line]: RegExpExecArray): StackFrame {
  return { function: name, file, line: Number(line) };
}
