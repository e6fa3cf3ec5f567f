import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const simulated = ["run", "--on", "simulated", "--target", "val_acc>=0.94"];

test("a simulated job keeps every line and sample of every rank, and says that nothing ran", async () => {
  const cwd = temporaryFolder();
  const ran = await pitwall(
    [...simulated, "--nodes", "20", "--nproc", "8", "--", "simulate", "2", "50"],
    { cwd },
  );
  expect(ran.exitCode).toBe(0);
  expect(ran.stdout).toContain("20 hosts, 160 ranks");
  expect(ran.stdout).toContain("no program ran");
  const runs = join(cwd, "home", "runs");
  const folder = join(runs, readdirSync(runs)[0] ?? "");
  const lines = readFileSync(join(folder, "log.txt"), "utf8").split("\n");
  const ofRanks = lines.filter((line) => /^rank=\d+ step=\d+ loss=/u.test(line));
  expect(ofRanks).toHaveLength(160 * 2 * 50);
  expect(new Set(ofRanks).size).toBe(ofRanks.length);
  const samples = readdirSync(join(folder, "samples"));
  expect(samples.filter((name) => name.startsWith("rank-"))).toHaveLength(160);
  expect(samples.filter((name) => name.startsWith("host-"))).toHaveLength(20);
}, 60_000);

test("a simulated job runs no program", async () => {
  const ran = await pitwall([...simulated, "--", "python", "train.py"]);
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain("error[simulation-invalid]");
});
