// How the launch benches call Pitwall and Python.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const here = fileURLToPath(new URL(".", import.meta.url));
export const root = join(here, "..", "..");
export const bin = join(root, "dist", "bin.js");

/** A folder for records and other files, removed when this process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-bench-launch-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function pitwallRun(target, ...words) {
  return [process.execPath, bin, "run", "--quiet", "--target", target, ...words];
}

/** Whether a Python imports torch; prints a line if it does not. */
export function hasTorch(python) {
  const { status } = spawnSync(python, ["-c", "import torch.distributed"], { stdio: "ignore" });
  if (status !== 0)
    process.stderr.write(
      `skipping programs of PyTorch: \`${python}\` imports none; give --python\n`,
    );
  return status === 0;
}

/** The log of the only run of a home folder. */
export function logOfRun(home) {
  const [run] = readdirSync(join(home, "runs"));
  return readFileSync(join(home, "runs", run, "log.txt"), "utf8");
}

/** CPU time of a process in seconds, with that of its ended children, and its resident bytes; undefined once it is gone. */
export function usageOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const residentKib = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
    if (residentKib === undefined) return undefined;
    const [user, system] = [Number(fields[11]), Number(fields[12])];
    return { cpuSeconds: (user + system) / 100, residentBytes: Number(residentKib) * 1024 };
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    return undefined;
  }
}

/**
 * Counts the numbered lines of each rank.
 *
 * @returns lines found, ranks, and how many lines are missing, repeated or out of order
 */
export function countLines(text, { pattern, perRank, rankCount }) {
  const next = new Map();
  let wrong = 0;
  let found = 0;
  for (const [, rank, line] of text.matchAll(pattern)) {
    const expected = next.get(rank) ?? 0;
    if (Number(line) !== expected) wrong++;
    next.set(rank, expected + 1);
    found++;
  }
  for (const count of next.values()) if (count !== perRank) wrong++;
  return { found, expected: perRank * rankCount, ranks: next.size, wrong };
}
