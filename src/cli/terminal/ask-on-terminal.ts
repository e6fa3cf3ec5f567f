import { createInterface } from "node:readline/promises";
import type { Answer } from "../command-table.ts";

/** Asks a question on the terminal of this process: the question on standard error, the answer from standard input. */
export async function askOnTerminal(question: string, interrupt: AbortSignal): Promise<Answer> {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY || !output.isTTY) return { kind: "no-terminal" };
  // The terminal edits the line, so that Ctrl-C stays a signal.
  const reader = createInterface({ input, output, terminal: false });
  const isOver = new Promise<Answer>((resolve) => {
    const end = (): void => resolve({ kind: "interrupted" });
    reader.once("close", end);
    interrupt.addEventListener("abort", end, { once: true });
  });
  const answer = reader.question(question).then((text): Answer => ({ kind: "answered", text }));
  try {
    return await Promise.race([answer, isOver]);
  } finally {
    reader.close();
  }
}
