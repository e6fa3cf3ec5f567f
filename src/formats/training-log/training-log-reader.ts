import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { EvaluationHistory, isEvaluationScope } from "../text/sections/evaluation-history.ts";
import { scopeOfLine } from "../text/sections/line-scope.ts";
import { type Section, sectionOfField } from "../text/sections/line-section.ts";
import type { NamedNumber } from "../text/numbers/named-number.ts";
import { stepOfNumbers } from "../text/pairs/step-of-numbers.ts";
import { isStepOrTime } from "../values/row-values.ts";
import { lineTimeMs } from "./line-time.ts";
import { LogLineReader, type LogTextLine, maximumLineLength } from "./read-log-line.ts";

/** Reads every number that a training printed with a name from the lines of a text log. */
export class TrainingLogReader {
  readonly #decoder = utf8Decoder();
  readonly #lines = new LogLineReader();
  readonly #history = new EvaluationHistory();
  readonly #targetOf: (name: string) => string | undefined;
  #open = "";
  #newestMs: number | undefined;

  /** @param targetOf the target's metric that a name is; only its values are checked for being evaluations */
  constructor(targetOf: (name: string) => string | undefined = () => undefined) {
    this.#targetOf = targetOf;
  }

  /** Takes the next bytes of the log; returns the values of all complete lines. */
  push(bytes: Uint8Array): LoggedValue[] {
    const lines = (this.#open + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/u);
    this.#open = (lines.pop() ?? "").slice(0, maximumLineLength);
    return lines.flatMap((line) => this.#read(line));
  }

  /** Reads a last line without a line end. */
  finish(): LoggedValue[] {
    const line = this.#open + this.#decoder.decode();
    this.#open = "";
    return this.#read(line);
  }

  end(): ReadingEnd {
    return { kind: "complete" };
  }

  #read(rawLine: string): LoggedValue[] {
    const line = this.#lines.read(rawLine);
    if (line === undefined) return [];
    this.#newestMs = lineTimeMs(line.text) ?? this.#newestMs;
    this.#history.startLine(line.text);
    const step = stepOfNumbers(line.numbers);
    const section = sectionOfField(line.text);
    return line.numbers.map((number) => this.#valueOf(number, { step, section, line }));
  }

  #valueOf(
    named: NamedNumber,
    {
      step,
      section,
      line,
    }: { step: number | undefined; section: Section | undefined; line: LogTextLine },
  ): LoggedValue {
    const { name, number, runningMean } = named;
    const factor = number.suffix?.kind === "count" ? number.suffix.factor : 1;
    const isMean = runningMean !== undefined && scopeOfLine(line.text) !== "whole";
    return {
      metric: name,
      value: isMean ? runningMean : number.value * factor,
      step,
      timeMs: this.#newestMs,
      ...(section === undefined || isStepOrTime(name) ? {} : { section }),
      ...this.#standingOf(named, line),
    };
  }

  /** Whether a value counts, if it is of a target's metric. */
  #standingOf(
    { name, number }: NamedNumber,
    { text }: LogTextLine,
  ): Pick<LoggedValue, "isEvaluation" | "withdrawsEarlier"> {
    const metric = this.#targetOf(name);
    if (metric === undefined) return {};
    const printed = text.slice(number.start, number.suffixEnd);
    const value = { metric, text: printed, start: number.start };
    if (!isEvaluationScope(this.#history.scopeOf(value, text))) return { isEvaluation: false };
    return this.#history.withdrawsEarlier(metric) ? { withdrawsEarlier: true } : {};
  }
}
