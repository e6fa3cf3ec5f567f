import { dirname, join } from "node:path";
import { variablesOf } from "../../../launch/data/variables-of.ts";
import type { RunEvent } from "../../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";
import type { RunWorld, TargetWorld } from "../targets/run-world.ts";

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
  // Without `stage`, the launch puts it on the hosts.
  if (data.length === 0 || launcher.stage === undefined)
    return { kind: "ready", dataMs: undefined, hostEnv: new Map() };
  const startedMs = world.nowMs();
  const cacheFolder = dataFolderOf(writer.directory);
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
      yield* storeStaging({ ...next.value, runId }, { writer, timeMs: world.nowMs() });
    }
  } catch (error) {
    const endedMs = world.nowMs();
    if (interrupt.aborted) return { kind: "interrupted", dataMs: endedMs - startedMs, endedMs };
    // The first error is the one to report.
    await writer.close().catch(() => undefined);
    throw error;
  }
}

/** Emits what is put on a host, and records what has been. */
export async function* storeStaging(
  event: Extract<RunEvent, { kind: "staging" | "staged" }>,
  { writer, timeMs }: { writer: RunWriter; timeMs: number },
): AsyncGenerator<RunEvent> {
  yield event;
  if (event.kind === "staged")
    await writer.appendEvent({ kind: "data-staged", ...event.data }, timeMs);
}

/** Where checksums and data that is not from this machine are kept. */
export function dataFolderOf(runDirectory: string): string {
  return join(dirname(dirname(runDirectory)), "data");
}
