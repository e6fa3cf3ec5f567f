import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy } from "../support/programs.ts";

/** Reaches its target at once, except with seed 3 for as long as the file `hold` exists. */
const program = `
import { existsSync } from "node:fs";
const seed = Number(process.argv[2]);
console.log("val_acc=0.5");
if (seed === 3 && existsSync("hold")) setInterval(() => {}, 1000);
else console.log("val_acc=0.95" + seed);
`;

/** Starts five runs and waits until the third one trains. */
async function startFiveRuns() {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.mjs"), program);
  writeFileSync(join(cwd, "hold"), "");
  const command = [process.execPath, "train.mjs", "{seed}"];
  const words = ["run", "--name", "held", ...readsAccuracy, "--runs", "5", "--", ...command];
  const child = startPitwall(words, cwd);
  const runs = join(cwd, "home", "runs");
  const third = await until(() => {
    const runId = existsSync(runs) ? readdirSync(runs).find((id) => id.endsWith("-3")) : undefined;
    const log = join(runs, runId ?? "-", "log.txt");
    const isTraining = existsSync(log) && readFileSync(log, "utf8").includes("val_acc=0.5");
    return isTraining ? runId : undefined;
  });
  return { cwd, child, seriesId: third.replace(/-3$/u, "") };
}

async function until<Value>(look: () => Value | undefined): Promise<Value> {
  for (let tries = 0; tries < 600; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error("the third run did not start within 30 s");
}

async function json([name = "", ...rest]: readonly string[], cwd: string) {
  const { stdout, exitCode } = await pitwall([name, "--json", ...rest], { cwd });
  return { exitCode, document: JSON.parse(stdout) };
}

describe("a series that is interrupted", () => {
  test("has no score until it is resumed, and then one of all its runs", async () => {
    const { cwd, child, seriesId } = await startFiveRuns();
    const early = await json(["run", "--resume", seriesId], cwd);
    expect(early.document.error.code).toBe("series-running");

    child.kill("SIGTERM");
    await once(child, "exit");
    const interrupted = await json(["show", seriesId], cwd);
    expect(interrupted.document.result.summary.score).toEqual({
      kind: "incomplete",
      have: 2,
      need: 5,
      interrupted: [`${seriesId}-3`],
    });
    const card = (await pitwall(["show", seriesId], { cwd })).stdout;
    expect(card).toContain("no score: 2 of 5 requested runs ended");
    expect(card).not.toContain("dropped");

    rmSync(join(cwd, "hold"));
    const { exitCode, document } = await json(["run", "--resume", "held"], cwd);
    expect(exitCode).toBe(0);
    expect(document.result.seriesId).toBe(seriesId);
    expect(document.result.score).toMatchObject({ kind: "scored" });
    expect(document.result.score.countedRuns).toHaveLength(3);
    const seeds = document.result.runs.map(
      (run: { runId: string; seed: number; outcome: { kind: string } }) => [
        run.runId.slice(seriesId.length + 1),
        run.seed,
        run.outcome.kind,
      ],
    );
    expect(seeds).toEqual([
      ["1", 1, "reached"],
      ["2", 2, "reached"],
      ["3", 3, "interrupted"],
      ["4", 3, "reached"],
      ["5", 4, "reached"],
      ["6", 5, "reached"],
    ]);
    expect((await json(["show", seriesId], cwd)).document.result.summary.score).toEqual(
      document.result.score,
    );

    const again = await json(["run", "--resume", seriesId], cwd);
    expect(again.document.error.code).toBe("series-complete");
  });
});

describe("pitwall run --resume", () => {
  test("names the closest series where there is none of that name", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.mjs"), program);
    const command = [process.execPath, "train.mjs", "1"];
    const run = await json(["run", ...readsAccuracy, "--", ...command], cwd);
    const seriesId: string = run.document.result.seriesId;
    const typed = `x${seriesId.slice(1)}`;
    const { document } = await json(["run", "--resume", typed], cwd);
    expect(document.error).toMatchObject({ code: "unknown-series" });
    expect(document.error.hint).toContain(seriesId);
  });

  test.each([
    { words: ["--runs", "3"], unused: "--runs" },
    { words: ["digits"], unused: "digits" },
    { words: ["--", "true"], unused: "-- true" },
  ])("refuses $unused, which would change the series", async ({ words, unused }) => {
    const cwd = temporaryFolder();
    const { exitCode, stderr } = await pitwall(["run", "--resume", "last", ...words], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`\`--resume\` cannot be combined with \`${unused}\``);
  });
});
