// Real hosts with sshd and a real Slurm on this machine: the laboratories of the tests, in JavaScript.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL, fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const folder = fileURLToPath(new URL("../../tests/lab/", import.meta.url));

async function load(name) {
  const out = mkdtempSync(join(tmpdir(), "pitwall-bench-lab-"));
  const bundle = await rolldown({
    input: join(folder, name),
    platform: "node",
    transform: { define: { "import.meta.dirname": JSON.stringify(folder) } },
  });
  await bundle.write({ dir: out, format: "esm", entryFileNames: "lab.mjs" });
  const lab = await import(pathToFileURL(join(out, "lab.mjs")).href);
  rmSync(out, { recursive: true });
  return lab;
}

/** Hosts that ssh reaches; undefined, with a line that says why, if there can be none here. */
export async function sshLab(count) {
  const { sshLabObstacle, startSshLab } = await load("ssh-hosts.ts");
  return unless(sshLabObstacle(), "ssh hosts") ? startSshLab(count) : undefined;
}

/** A cluster of Slurm on this machine; undefined, with a line that says why, if there can be none here. */
export async function slurmLab(options = {}) {
  const { slurmLabMissing, startSlurmLab } = await load("slurm.ts");
  return unless(slurmLabMissing(), "Slurm") ? startSlurmLab(options) : undefined;
}

function unless(obstacle, what) {
  if (obstacle !== undefined) process.stderr.write(`skipping ${what}: ${obstacle}\n`);
  return obstacle === undefined;
}
