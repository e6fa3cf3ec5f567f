import { dirname, join } from "node:path";
import type { RunEvent } from "../../schema/run/run-event.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { StagedData } from "../../schema/run/data-set.ts";
import type { RunWriter } from "../../store/records/run-store.ts";
import type { RunWorld, TargetWorld } from "./run-world.ts";

/** The variables of the program that differ between hosts, by host. */
export type HostEnv = ReadonlyMap<string, Readonly<Record<string, string>>>;

export type Staged =
  | { kind: "ready"; dataMs: number | undefined; hostEnv: HostEnv }
  | { kind: "interrupted"; dataMs: number; endedMs: number };

/**
 * Puts the data of a run on its hosts before the launch, and records what was sent and what was there. It is not timed.
 *
 * @throws UserError, WorldError what the launcher throws; the record is closed then
 */
export async function* stageRun(
  request: RunRequest,
  {
    world,
    target,
    writer,
  }: { world: Pick<RunWorld, "nowMs" | "env">; target: TargetWorld; writer: RunWriter },
  interrupt: AbortSignal,
): AsyncGenerator<RunEvent, Staged> {
  const { data = [], runId } = request;
  const { launcher } = target;
  if (data.length === 0) return { kind: "ready", dataMs: undefined, hostEnv: new Map() };
  if (launcher.stage === undefined) throw new Error("this launch target cannot stage data");
  const startedMs = world.nowMs();
  const cacheFolder = join(dirname(dirname(writer.directory)), "data");
  await writer.appendEvent({ kind: "data", phase: "started" }, startedMs);
  const staging = launcher.stage(data, { cacheFolder, env: world.env, signal: interrupt });
  try {
    for (;;) {
      const next = await staging.next();
      if (next.done === true) {
        const endedMs = world.nowMs();
        await writer.appendEvent({ kind: "data", phase: "ended" }, endedMs);
        const dataMs = Math.max(0, endedMs - startedMs);
        return { kind: "ready", dataMs, hostEnv: variablesOf(next.value) };
      }
      const event = next.value;
      yield { ...event, runId };
      if (event.kind !== "staged") continue;
      await writer.appendEvent({ kind: "data-staged", ...event.data }, world.nowMs());
    }
  } catch (error) {
    const endedMs = world.nowMs();
    if (interrupt.aborted) return { kind: "interrupted", dataMs: endedMs - startedMs, endedMs };
    // The first error is the one to report.
    await writer.close().catch(() => undefined);
    throw error;
  }
}

/** `PITWALL_DATA` is the first data set, `PITWALL_DATA_<name>` each. */
function variablesOf(staged: readonly StagedData[]): HostEnv {
  const byHost = new Map<string, Record<string, string>>();
  for (const { host, name, path } of staged) {
    const known = byHost.get(host) ?? { PITWALL_DATA: path };
    byHost.set(host, { ...known, [`PITWALL_DATA_${name}`]: path });
  }
  return byHost;
}
