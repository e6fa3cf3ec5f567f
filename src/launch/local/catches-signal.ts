import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** Whether a process handles a signal that would otherwise end it; false if that is not known. */
export function catchesSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const caught = /^SigCgt:\s*([0-9a-f]+)$/mu.exec(status)?.[1];
    return caught !== undefined && isIn(caught, constants.signals[signal]);
  } catch {
    // The process has ended, or there is no /proc.
    return false;
  }
}

/** @param set a bit for each signal, the lowest for number 1, as hexadecimal digits */
function isIn(set: string, number: number): boolean {
  return ((BigInt(`0x${set}`) >> BigInt(number - 1)) & 1n) === 1n;
}
