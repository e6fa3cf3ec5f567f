import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** An event of `events.jsonl`, as far as tests read it. */
export interface RecordedEvent {
  kind: string;
  host?: string;
  rank?: number;
  localRank?: number;
  signal?: string;
  command?: string;
  /** Of data that was put on a host. */
  name?: string;
  how?: string;
  /** Of a job that a scheduler has accepted. */
  jobId?: string;
}

/** The parts of `result.json` that tests read. */
export interface RecordedResult {
  outcome: { kind: string };
  findings: { rule: string }[];
  job: unknown;
  energy: { joules: number }[];
  queuedMs?: number;
  dataMs?: number;
  clock: { launchedMs: number; endedMs: number; billedMs: number };
}

/** The folder of the only run in the home `home` of a folder; undefined before there is one. */
export function directoryOf(cwd: string): string | undefined {
  const runs = join(cwd, "home", "runs");
  const [name] = existsSync(runs) ? readdirSync(runs) : [];
  return name === undefined ? undefined : join(runs, name);
}

export function logOf(directory: string | undefined): string {
  const path = join(directory ?? "", "log.txt");
  return directory !== undefined && existsSync(path) ? readFileSync(path, "utf8") : "";
}

export function eventsOf(directory: string | undefined): RecordedEvent[] {
  const path = join(directory ?? "", "events.jsonl");
  // The last line may not be written completely yet.
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line).event);
}

export function resultIn(directory: string | undefined): RecordedResult {
  return JSON.parse(readFileSync(join(directory ?? "", "result.json"), "utf8"));
}

/** Everything that a program printed, for the message of an assertion. */
export function printed({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return `stdout:\n${stdout}\nstderr:\n${stderr}`;
}

/**
 * Waits for a value. Waits are generous, because machines may be very slow; a test that passes does not wait for them.
 *
 * @param describe what to show if it never comes
 */
export async function until<Value>(
  look: () => Value | undefined | Promise<Value | undefined>,
  { withinMs = 100_000, describe = () => "" }: { withinMs?: number; describe?: () => string } = {},
): Promise<Value> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > untilMs) break;
    await sleep(50);
  }
  throw new Error(`nothing came within ${withinMs / 1000} s ${describe()}`);
}
