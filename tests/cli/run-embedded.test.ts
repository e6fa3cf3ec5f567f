import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";

describe("pitwall run, of an embedded workload", () => {
  test("trains to the target, logs MLLOG, and gives the same curve again", async () => {
    const cwd = temporaryFolder();
    const { stdout, exitCode } = await pitwall(
      ["run", "digits-mlp", "--workers", "2", "--seed", "3", "--json"],
      { cwd },
    );
    expect(exitCode).toBe(0);
    const { result } = JSON.parse(stdout);
    const [run] = result.runs;
    expect(run.outcome.kind).toBe("reached");
    expect(run.outcome.quality).toBeGreaterThanOrEqual(0.97);
    expect(run.clock).toMatchObject({ source: "mllog" });
    expect(run.samplesPerSecond).toBeGreaterThan(0);
    expect(Object.keys(run.files).toSorted()).toEqual([
      "events.jsonl",
      "log.txt",
      "run.json",
      "samples/host-localhost.jsonl",
      "samples/rank-0.jsonl",
      "samples/rank-1.jsonl",
    ]);
    const again = await pitwall(["rerun", "last", "--quiet"], { cwd });
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toMatch(
      /same curve as on record: \d+ evaluations?, identical to the last bit/u,
    );
  });

  test("warns of more workers than cores, and trains all the same", async () => {
    const words = [
      "run",
      "digits-mlp",
      "--workers",
      String(availableParallelism() + 1),
      "--max-samples",
      "1408",
    ];
    const { stderr, stdout, exitCode } = await pitwall(words);
    expect(stderr).toMatch(
      /warning: \d+ workers share \d+ cores?; more workers than cores do not make the run faster/u,
    );
    expect(stdout).toContain("accuracy >= 0.97, missed: sample limit reached");
    expect(exitCode).toBe(1);
  });

  test("leaves no worker when the training process is killed with -9", async () => {
    const cwd = temporaryFolder();
    const child = startPitwall(["run", "digits", "--workers", "2"], cwd);
    const directory = await recordOf(cwd);
    const launched = readFileSync(join(directory, "events.jsonl"), "utf8").match(
      /"kind":"launched","host":"localhost","rank":0,"localRank":0,"pid":(\d+)/u,
    );
    process.kill(Number(launched?.[1]), "SIGKILL");
    const [exitCode] = await once(child, "exit");
    expect(exitCode).toBe(4);
    const shown = JSON.parse((await pitwall(["show", "last", "--json"], { cwd })).stdout);
    expect(shown.result.runs[0].result.outcome).toMatchObject({ kind: "died", signal: "SIGKILL" });
    expect(shown.result.runs[0].integrity.kind).toBe("intact");
  });
});

/** The record of a run that has begun to train. */
async function recordOf(cwd: string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      const [runId = ""] = readdirSync(join(cwd, "home", "runs"));
      const directory = join(cwd, "home", "runs", runId);
      if (readFileSync(join(directory, "log.txt"), "utf8").includes("run_start")) return directory;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error("no run began within 30 s");
}
