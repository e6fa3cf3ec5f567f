import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder } from "./pitwall.ts";
import { eventsOf as eventsOfRecord } from "./recorded-run.ts";

/** Each rank prints numbered lines, rank 0 a rising accuracy too. */
export const countingProgram = `
import os, sys, time
rank, steps = int(os.environ["RANK"]), int(sys.argv[1])
for step in range(steps):
    print(f"rank={rank} line={step}", flush=True)
    if rank == 0:
        print(f"val_acc={(step + 1) / steps:.3f}", flush=True)
    time.sleep(0.02)
`;

/** A git checkout with blanks in its name and a program in it. */
export function sshProject(program: string): string {
  const code = join(temporaryFolder(), "a project");
  mkdirSync(code);
  writeFileSync(join(code, "train it.py"), program);
  execFileSync("git", ["init", "-q"], { cwd: code });
  execFileSync("git", ["add", "."], { cwd: code });
  return code;
}

/** The record of the only run of a project. */
export function recordFolder(code: string): string {
  const runs = join(code, "home", "runs");
  return join(runs, existsSync(runs) ? (readdirSync(runs).toSorted()[0] ?? "") : "");
}

export function logOf(code: string): string {
  const path = join(recordFolder(code), "log.txt");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

export function eventsOf(code: string): { kind: string; host?: string; reason?: string }[] {
  return eventsOfRecord(recordFolder(code));
}

/** The numbers of the lines of each rank of `countingProgram`, in the order of the log. */
export function rankLines(log: string): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const [, rank = "", line] of log.matchAll(/^rank=(\d+) line=(\d+)$/gmu))
    (found[rank] ??= []).push(Number(line));
  return found;
}

/** What `rankLines` gives for a complete log. */
export function wholeLines(steps: number, rankCount: number): Record<string, number[]> {
  const lines = Array.from({ length: steps }, (_, index) => index);
  return Object.fromEntries(
    Array.from({ length: rankCount }, (_, rank) => [String(rank), lines] as const),
  );
}

export async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await delay(20);
}
