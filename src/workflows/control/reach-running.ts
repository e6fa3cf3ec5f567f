import { UserError } from "../../foundation/errors/user-error.ts";
import type { ReachedHost, ReachedJob } from "../../launch/agent/reached-job.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { hostOfRank, reachRun, type Means } from "./reach-run.ts";

/**
 * The hosts of a run that has not ended: all of them, or that of one rank.
 *
 * @throws UserError `run-ended`, `job-unknown`, and what `reachRun` and `hostOfRank` throw
 */
export async function reachRunning(
  record: RunRecord,
  rank: number | undefined,
  means: Means,
): Promise<ReachedJob> {
  const { runId, state, events } = record;
  if (state.kind === "finished") {
    throw new UserError("run-ended", `\`${runId}\` has ended, and nothing of it runs any more`, {
      hint: `\`pitwall fetch ${runId}\` copies the files that it wrote`,
    });
  }
  const job = await reachRun(record, means);
  if (job.hosts.length === 0 && job.unreachable.length === 0) {
    throw new UserError("job-unknown", `no job of \`${runId}\` is running`, {
      hint: `it was not started, or has ended; \`pitwall attach ${runId}\` finishes the record of a job that has`,
    });
  }
  if (rank === undefined) return job;
  const placed = new Map(
    jobRanksOf(events.events).ranks.map((each) => [each.rank, each.host] as const),
  );
  try {
    const host: ReachedHost = hostOfRank(job, rank, placed);
    return { hosts: [host], unreachable: [], close: () => job.close() };
  } catch (error) {
    await job.close();
    throw error;
  }
}
