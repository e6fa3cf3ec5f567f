import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shellWord } from "../../src/foundation/text/shell-word.ts";
import { slurmLabMissing, startSlurmLab, type SlurmLab } from "../lab/slurm.ts";
import { bin, temporaryFolder } from "../support/pitwall.ts";
import { shellIn } from "../support/shell-in.ts";
import { commandsOf } from "../support/task-page.ts";

const missing = slurmLabMissing();
if (missing !== undefined) console.warn(`skipping the first run on Slurm: ${missing}`);

const onSlurm = ["run", "--on", "slurm", "--nodes", "1", "--launcher", "direct"];

describe.skipIf(missing !== undefined)("the first run on Slurm", () => {
  let lab: SlurmLab;
  beforeAll(async () => {
    lab = await startSlurmLab();
  });
  afterAll(() => lab.close());

  test("asks on a terminal before it submits, and starts nothing after a no", () => {
    const cwd = temporaryFolder();
    const words = [...onSlurm, "--price", "2/h", "--", "python3", "train.py"];
    const command = [process.execPath, bin, ...words].map(shellWord).join(" ");
    const { status, stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
      cwd,
      env: { ...process.env, ...lab.env },
      input: "no\n",
      encoding: "utf8",
    });
    expect(stdout).toMatch(
      /1 node of Slurm, .*\$2\.00 per hour\s+Start\? \[Y\/n\] \s*nothing was started/u,
    );
    expect({ status, hasRuns: existsSync(join(cwd, ".pitwall/runs")) }).toEqual({
      status: 130,
      hasRuns: false,
    });
  });

  test("does what the page on Slurm shows, as written", () => {
    const cwd = join(temporaryFolder(), "copy");
    cpSync(new URL("../../data/example", import.meta.url), cwd, { recursive: true });
    const commands = commandsOf("run-on-slurm.md");
    expect(commands.length).toBe(3);
    for (const { command } of commands) {
      const { status, stderr } = shellIn(cwd, command, { ...process.env, ...lab.env });
      expect({ command, status, stderr: status === 0 ? "" : stderr }).toEqual({
        command,
        status: 0,
        stderr: "",
      });
    }
  });
});
