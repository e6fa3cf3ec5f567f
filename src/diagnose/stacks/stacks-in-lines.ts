import type { StackFrame } from "../../schema/diagnosis/evidence.ts";
import { readStack } from "../flight/read-stack.ts";

const head =
  /^(?:Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):|^Thread (?:0x)?[\da-f]+ \([\w+ ]+\)(?:: "|$)|^Python v\d/u;
const frame = /^\s+File ".*", line \d+ in |^\s{2,}\S.* \([^()]+:\d+\)$/u;
/** `faulthandler` says why it prints, before all threads; py-spy, of which process. */
const beginning = /^(?:Timeout \(|Fatal Python error|Process \d+: )/u;
/** No stack is longer. */
const maximumLines = 4000;

/** Stacks that Python's `faulthandler` or py-spy printed into logs, the last one of each rank. */
export class StacksInLines {
  readonly #lines = new Map<string, { file: string; rank: number; texts: string[] }>();
  #isOpen = false;

  push({ file, rank, text }: { file: string; rank: number | undefined; text: string }): void {
    const isStart = beginning.test(text);
    if (!this.#isOpen && !isStart && !head.test(text)) return;
    this.#isOpen = rank !== undefined && (isStart || isOfStack(text));
    if (!this.#isOpen || rank === undefined) return;
    const key = `${file} ${rank}`;
    const known = isStart ? undefined : this.#lines.get(key);
    const texts: string[] = known?.texts ?? [];
    if (texts.length < maximumLines) texts.push(text);
    this.#lines.set(key, { file, rank, texts });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get stacks(): { rank: number; file: string; frames: StackFrame[] }[] {
    return [...this.#lines.values()].flatMap(({ rank, file, texts }) => {
      const frames = readStack(texts.join("\n"));
      return frames === undefined ? [] : [{ rank, file, frames }];
    });
  }
}

function isOfStack(text: string): boolean {
  return text === "" || head.test(text) || frame.test(text);
}
