import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";

/** Command lines of processes of this machine that belong to the record of a run. */
export function leftRunning(recordFolder: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/u.test(pid)) return [];
    try {
      const isOfRun = readFileSync(`/proc/${pid}/environ`, "latin1").includes(recordFolder);
      return isOfRun ? [readFileSync(`/proc/${pid}/cmdline`, "latin1")] : [];
    } catch {
      // It has ended meanwhile, or belongs to another user.
      return [];
    }
  });
}

/**
 * The parts of a ledger add up to the wall time within 1 %.
 *
 * @param shown what `pitwall show --json` printed
 */
export function expectWholeLedger({ stdout }: { stdout: string }): {
  attemptCount: number;
  failureCount: number;
  basis: string;
  goodput?: number;
} {
  const { ledger, result } = JSON.parse(stdout).result.runs[0];
  const parts: number[] = Object.values(ledger.partsMs);
  const sumMs = parts.reduce((sum, each) => sum + each, 0);
  expect(Math.abs(sumMs / (result.clock.endedMs - result.clock.launchedMs) - 1)).toBeLessThan(0.01);
  return ledger;
}
