import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

const endless = { values: Array.from({ length: 3000 }, () => 0.5) };
const priced = [...readsAccuracy, "--price", "36/h"];

/** Starts a program that will not reach its target, and waits until it has printed an evaluation. */
async function startEndless() {
  const cwd = temporaryFolder();
  const child = startPitwall(["run", ...priced, "--", ...writeTraining(cwd, endless)], cwd);
  const runs = join(cwd, "home", "runs");
  for (let tries = 0; tries < 600; tries++) {
    const [runId] = existsSync(runs) ? readdirSync(runs) : [];
    const log = join(runs, runId ?? "", "log.txt");
    if (runId !== undefined && existsSync(log) && readFileSync(log, "utf8").includes("val_acc"))
      return { cwd, child, runId };
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error("the program printed nothing for 30 s");
}

async function end(child: ReturnType<typeof startPitwall>, signal: "SIGINT" | "SIGKILL") {
  child.kill(signal);
  await once(child, "exit");
}

const continuing = (cwd: string, runId: string, words = priced): string[] => [
  "run",
  ...words,
  "--continues",
  runId,
  "--json",
  "--",
  ...writeTraining(cwd),
];

describe("pitwall run --continues", () => {
  test.each(["SIGINT", "SIGKILL"] as const)(
    "adds the clock of a run that %s has cut, and the record verifies",
    async (signal) => {
      const { cwd, child, runId } = await startEndless();
      await end(child, signal);
      const answer = await pitwall(continuing(cwd, runId), { cwd });
      expect(answer.exitCode).toBe(0);
      const [run] = JSON.parse(answer.stdout).result.runs;
      expect(run.continues).toMatchObject({ partCount: 2, clockMs: expect.any(Number) });
      expect(run.continues.clockMs).toBeGreaterThan(0);
      const { timeToTrainMs } = run.outcome;
      expect(timeToTrainMs).toBeGreaterThan(run.continues.clockMs);
      expect(run.continues.wallMs).toBeGreaterThanOrEqual(timeToTrainMs);
      expect(run.evaluations[0].clockMs).toBeGreaterThan(run.continues.clockMs);

      const verified = await pitwall(["verify", run.runId, "--json"], { cwd });
      expect(JSON.parse(verified.stdout).result.records).toMatchObject([
        { integrity: { kind: "intact" }, verdictDifferences: [] },
      ]);
      const text = `continues   ${runId}, 2 parts: `;
      expect(
        (await pitwall(["show", run.runId], { cwd })).stdout.replaceAll(/ {3,}/gu, "   "),
      ).toContain(text);
      const listed = JSON.parse((await pitwall(["runs", "--json"], { cwd })).stdout).result;
      expect(listed.at(-1).request.continues).toMatchObject({ runIds: [runId] });
      const table = await pitwall(["runs"], { cwd });
      expect(table.stdout).toContain(`(continues ${runId}, 2 parts)`);

      const again = await pitwall(["rerun", run.runId, "--json"], { cwd });
      expect(JSON.parse(again.stdout).error.code).toBe("run-continues");
    },
  );

  test("refuses a run that is still running, and another name", async () => {
    const { cwd, child, runId } = await startEndless();
    const early = await pitwall(continuing(cwd, runId), { cwd });
    expect(JSON.parse(early.stdout).error.code).toBe("continued-run-running");
    await end(child, "SIGINT");
    const named = [...priced, "--name", "other"];
    const other = await pitwall(continuing(cwd, runId, named), { cwd });
    expect(JSON.parse(other.stdout).error).toMatchObject({
      code: "continued-run-differs",
      message: `\`${runId}\` has another name`,
    });
  });
});
