import { parseDurationMs } from "../../../foundation/numbers/units.ts";
import type { NumberToken } from "./read-number.ts";

/**
 * The duration that a number in a line represents, in milliseconds. Its unit follows it (`812ms`, `0.8 s`, `2 min`), or
 * ends its name (`train_time_ms`); otherwise it is in seconds.
 */
export function readDurationMs(line: string, number: NumberToken, name: string): number {
  return number.value * (unitAfterMs(line, number) ?? unitOfNameMs(name) ?? 1000);
}

/** The same for a value without its text. @param writtenUnitMs the unit after the number */
export function columnDurationMs(
  value: number,
  writtenUnitMs: number | undefined,
  name: string,
): number {
  return value * (writtenUnitMs ?? unitOfNameMs(name) ?? 1000);
}

function unitAfterMs(line: string, { end, suffix }: NumberToken): number | undefined {
  if (suffix?.kind === "time") return suffix.unitMs;
  return unitMs(/^ ?([a-z]+)(?![\w:=/])/iu.exec(line.slice(end, end + 20))?.[1]);
}

function unitOfNameMs(name: string): number | undefined {
  return unitMs(/[_\s/(.-]([a-z]+)\)?$/iu.exec(name)?.[1]);
}

function unitMs(word: string | undefined): number | undefined {
  return word === undefined ? undefined : parseDurationMs(`1${word}`);
}
