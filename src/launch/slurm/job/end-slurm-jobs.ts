import { setTimeout as sleep } from "node:timers/promises";
import { WorldError } from "../../../foundation/errors/user-error.ts";
import { phaseOf } from "../client/job-state.ts";
import { patiently } from "../client/patiently.ts";
import { SlurmClient } from "../client/slurm-client.ts";
import { SlurmTools } from "../client/slurm-tools.ts";

/** Time between SIGTERM and the end of the job for the processes of an abandoned run, milliseconds. */
const graceMs = 5000;
const endWithinMs = 90_000;
const pollMs = 250;

/**
 * Ends the jobs of a run: SIGTERM, and after 5 s `scancel`. Waits until they have ended, also while Slurm does not answer for a time.
 *
 * @returns the number of jobs that were ended
 * @throws WorldError `slurm-silent`, `slurm-missing`, `slurm-broken`; `slurm-job-stays` if Slurm does not end one
 */
export async function endSlurmJobs(
  run: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const client = new SlurmClient(new SlurmTools(env));
  const jobs = await patiently(() => client.jobsOf(run));
  for (const jobId of jobs) {
    const state = await patiently(() => client.state(jobId));
    if (phaseOf(state) === "active") {
      await patiently(() => client.signal(jobId, "TERM"));
      await waitForNone(client, run, graceMs);
    }
    await patiently(() => client.cancel(jobId));
  }
  const [left] = await waitForNone(client, run, endWithinMs);
  if (left === undefined) return jobs.length;
  const { state } = await client.state(left);
  throw new WorldError("slurm-job-stays", `Slurm has not ended the job ${left}`, {
    saw: `its state ${endWithinMs / 1000} s after \`scancel\`: ${state}`,
    hint: `\`scontrol show job ${left}\` says more; nodes that do not answer keep a job in this state`,
  });
}

/** The jobs of a run that are left at the end of the time. */
async function waitForNone(client: SlurmClient, run: string, withinMs: number): Promise<string[]> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const left = await patiently(() => client.jobsOf(run));
    if (left.length === 0 || performance.now() > untilMs) return left;
    await sleep(pollMs);
  }
}
