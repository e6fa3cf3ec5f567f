import type { ReapedJob } from "../launcher.ts";
import { runOnHost } from "../agent/run-on-host.ts";
import { jobFolder } from "./job-folder.ts";
import type { OpenHost } from "./ssh-hosts.ts";

const graceMs = 5000;
const stopMs = 30_000;

/**
 * Ends what is left of jobs that have ended without their host, because it could not be reached then.
 *
 * @param isOver whether the record of a run is closed; other runs are not touched
 */
export async function reapJobs(
  opened: readonly OpenHost[],
  isOver: (runId: string) => Promise<boolean>,
): Promise<ReapedJob[]> {
  const reaped = await Promise.all(opened.map((host) => reapOn(host, isOver)));
  return reaped.flat();
}

async function reapOn(
  { host, access, agent, facts }: OpenHost,
  isOver: (runId: string) => Promise<boolean>,
): Promise<ReapedJob[]> {
  const ending = `.${host.name}`;
  const reaped: ReapedJob[] = [];
  for (const [name, processCount] of Object.entries(facts.jobs ?? {})) {
    const runId = name.endsWith(ending) ? name.slice(0, -ending.length) : "";
    if (runId === "" || !(await isOver(runId))) continue;
    const folder = jobFolder(facts, runId, host.name);
    if (processCount > 0) {
      const words = [...agent, "stop", folder, String(graceMs)];
      await runOnHost(access, words, { timeoutMs: stopMs });
      reaped.push({ host: host.name, runId, processCount });
    }
    await runOnHost(access, [...agent, "remove", folder], { timeoutMs: stopMs });
  }
  return reaped;
}
