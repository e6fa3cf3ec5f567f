import { LogLineReader } from "../../formats/training-log/read-log-line.ts";
import { parseLine } from "../../mllog/parse-line.ts";
import type { ObservedNumber, TrainingObserver } from "../../planner/review/observe-training.ts";

/** Reads the lines of a log for an observer of trainings. */
export class LineObserver {
  readonly #observer: TrainingObserver;
  readonly #reader = new LogLineReader();
  readonly #readsText: boolean;
  #rest = "";

  /** @param readsText false: only MLPerf lines count, and settings that are printed as a table */
  constructor(observer: TrainingObserver, { readsText }: { readsText: boolean }) {
    this.#observer = observer;
    this.#readsText = readsText;
  }

  /** Whole lines, or the beginning of one that the next call continues. */
  push(bytes: Uint8Array, timeMs: number): void {
    const text = this.#rest + Buffer.from(bytes).toString("latin1");
    const lines = text.split(/\r\n|\n|\r/u);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line, timeMs);
  }

  end(timeMs: number): void {
    if (this.#rest !== "") this.#line(this.#rest, timeMs);
    this.#rest = "";
  }

  #line(line: string, timeMs: number): void {
    if (line.includes(":::ML")) {
      this.#mlperfLine(line);
      return;
    }
    if (!this.#readsText && !line.includes(" ..") && !line.includes("device mesh")) return;
    const read = this.#readsText ? this.#reader.read(line) : undefined;
    this.#observer.line(read?.text ?? line, timeMs, numbersOf(read?.numbers ?? []));
  }

  #mlperfLine(line: string): void {
    const parsed = parseLine(line);
    if (parsed.kind !== "event") return;
    const benchmark = /:::MLPv\S+ ([a-z0-9_]+) /u.exec(line)?.[1];
    if (benchmark !== undefined) this.#observer.names(benchmark);
    this.#observer.event(parsed.event);
  }
}

function numbersOf(
  numbers: NonNullable<ReturnType<LogLineReader["read"]>>["numbers"],
): ObservedNumber[] {
  return numbers.map(({ name, number: { value, suffix } }) => ({
    name,
    value,
    unitMs: suffix?.kind === "time" ? suffix.unitMs : undefined,
  }));
}
