import { setTimeout as sleep } from "node:timers/promises";
import { WorldError } from "../../../foundation/errors/user-error.ts";
import type { QueueState } from "../../launcher.ts";
import { phaseOf, whyNeverStarts, whySlurmEnded, type SlurmJobState } from "../client/job-state.ts";
import { patiently } from "../client/patiently.ts";
import { isSilence, type SlurmClient } from "../client/slurm-client.ts";

/** A controller that restarts answers again within this time. */
const silentForMs = 600_000;

type WaitEnd =
  /** The job runs, or has already run. `waitedAtMs`: when Slurm was last asked and it still waited. */
  | { kind: "started"; state: SlurmJobState; waitedAtMs: number | undefined }
  | { kind: "withdrawn"; timeMs: number };

/**
 * Waits until Slurm has started a job, and emits why it waits.
 *
 * @throws WorldError `slurm-job-ended` if the job was canceled or can never start, `slurm-silent`
 */
export async function* waitInQueue(
  jobId: string,
  parts: {
    client: SlurmClient;
    nowMs: () => number;
    interrupt: AbortSignal | undefined;
  },
): AsyncGenerator<QueueState, WaitEnd> {
  const { client, nowMs, interrupt } = parts;
  const sinceMs = nowMs();
  let answeredMs = sinceMs;
  let waitedAtMs: number | undefined;
  for (;;) {
    if (interrupt?.aborted === true) {
      await patiently(() => client.cancel(jobId));
      return { kind: "withdrawn", timeMs: nowMs() };
    }
    const askedMs = nowMs();
    const state = await stateOrSilence(client, jobId);
    if (state === undefined) {
      if (nowMs() - answeredMs > silentForMs) throw silentTooLong(jobId);
      yield { kind: "waiting", timeMs: nowMs(), reason: "Slurm does not answer" };
    } else {
      answeredMs = nowMs();
      if (phaseOf(state) !== "waiting") return startedOrThrow(jobId, state, waitedAtMs);
      waitedAtMs = askedMs;
      const never = whyNeverStarts(state);
      if (never !== undefined) {
        await patiently(() => client.cancel(jobId));
        throw neverStarts(jobId, state, never);
      }
      yield { kind: "waiting", timeMs: nowMs(), reason: state.reason };
    }
    await sleepUntil(pollMs(nowMs() - sinceMs), interrupt);
  }
}

/** Often at first, because most waits are either very short or very long. */
function pollMs(waitedMs: number): number {
  if (waitedMs < 5000) return 100;
  if (waitedMs < 60_000) return 1000;
  return waitedMs < 600_000 ? 5000 : 15_000;
}

async function sleepUntil(ms: number, interrupt: AbortSignal | undefined): Promise<void> {
  // An interrupt ends the pause early; the caller checks for it.
  await sleep(ms, undefined, interrupt === undefined ? {} : { signal: interrupt }).catch(
    () => undefined,
  );
}

async function stateOrSilence(
  client: SlurmClient,
  jobId: string,
): Promise<SlurmJobState | undefined> {
  try {
    return await client.state(jobId);
  } catch (error) {
    if (isSilence(error)) return undefined;
    throw error;
  }
}

function startedOrThrow(
  jobId: string,
  state: SlurmJobState,
  waitedAtMs: number | undefined,
): WaitEnd {
  if (state.nodeList !== undefined) return { kind: "started", state, waitedAtMs };
  const why = whySlurmEnded(state) ?? `its state is ${state.state}`;
  throw new WorldError("slurm-job-ended", `the Slurm job ${jobId} ended before it started`, {
    saw: why,
    hint: "was it canceled with `scancel`?",
  });
}

function neverStarts(jobId: string, { reason }: SlurmJobState, why: string): WorldError {
  return new WorldError("slurm-never-starts", `Slurm would never start the job: ${why}`, {
    saw: `reason of job ${jobId}: ${reason ?? "none"}`,
    hint: "the job was canceled; change `--nodes`, `--nproc`, `--time`, `--partition` or `--account`",
  });
}

function silentTooLong(jobId: string): WorldError {
  return new WorldError(
    "slurm-silent",
    `Slurm has not answered for ${silentForMs / 60_000} minutes`,
    {
      hint: `the job ${jobId} may still be queued: \`scancel ${jobId}\` removes it`,
    },
  );
}
