import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { exampleRequest } from "../../../tests/support/example-run.ts";
import { temporaryFolder } from "../../../tests/support/pitwall.ts";
import { fetchFiles } from "./fetch-files.ts";

const runId = "digits-1";

/** A Slurm whose job runs until a step is started in it, as a job that is canceled at that moment. */
const commands = {
  squeue: "echo 7",
  scontrol: `
case "$*" in
  *hostnames*) echo node1 ;;
  *config*) echo "TaskPlugin = task/none" ;;
  *) [ -e "$HOME/$(cat "$HOME/ended-by")" ] && state=CANCELLED || state=RUNNING
     echo "JobId=7 JobState=$state Reason=None Restarts=0 NodeList=node1" ;;
esac`,
  srun: `
case "$*" in *rsync*) touch "$HOME/rsync" ;; esac
echo "srun: error: Unable to confirm allocation for job 7: Invalid job id specified" >&2
exit 1`,
};

test("copies what the nodes share if a job ends while its files are copied", async () => {
  const { record, means, home } = slurmRun("rsync");
  const shared = join(home, ".pitwall/runs", runId);
  mkdirSync(shared, { recursive: true });
  writeFileSync(join(shared, "0.pt"), "weights");
  const options = { pattern: undefined, out: undefined, cwd: home };
  const { files, unreachable } = await fetchFiles(record, options, means);
  expect(unreachable).toEqual([]);
  expect(files.map(({ host, name }) => [host, name])).toEqual([["nodes", "0.pt"]]);
});

test("reports why a copy failed if the job goes on", async () => {
  const { record, means, home } = slurmRun("nothing-ends-it");
  const options = { pattern: undefined, out: undefined, cwd: home };
  await expect(fetchFiles(record, options, means)).rejects.toMatchObject({ code: "fetch-failed" });
});

function slurmRun(endedBy: string) {
  const home = temporaryFolder();
  const directory = join(home, runId);
  mkdirSync(directory);
  writeFileSync(join(home, "ended-by"), endedBy);
  for (const [name, text] of Object.entries(commands)) {
    writeFileSync(join(home, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(home, name), 0o755);
  }
  const env = { HOME: home, PATH: `${home}${delimiter}${process.env["PATH"] ?? ""}` };
  const ranks = { starter: "direct", perHost: 1 } as const;
  const launchTarget = { kind: "slurm", nodes: 1, ranks } as const;
  return {
    home,
    record: { runId, directory, request: exampleRequest({ runId, launchTarget }) },
    means: { nowMs: Date.now, env },
  };
}
