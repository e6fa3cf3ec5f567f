import { appendFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runDetail } from "../../src/schema/dashboard/run-detail.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { startServer } from "../server/start-server.ts";

const count = 30_000;
const crossingStep = 21_234;
const bestStep = 25_000;

test("the verdict of a long record is shown as sealed, and computed again by `verify`", async () => {
  const cwd = temporaryFolder();
  const program = `
    let text = "";
    for (let step = 1; step <= 120_000; step++) text += "val_acc=" + (step / 120_000).toFixed(6) + "\\n";
    process.stdout.write(text);`;
  const words = ["run", "--target", "val_acc>=0.9", "--", process.execPath, "-e", program];
  expect(await pitwall(words, { cwd })).toMatchObject({ exitCode: 0 });
  const shown = await pitwall(["show", "last", "--json"], { cwd });
  const [page] = JSON.parse(shown.stdout).result.runs;
  expect(page).toMatchObject({
    verdictIsAsSealed: true,
    verdictDifferences: [],
    progress: { evaluationCount: 120_000, best: 0.9 },
    rules: page.result.rules,
  });
  expect((await pitwall(["show", "last"], { cwd })).stdout).toContain("the verdict is as sealed");
  const [runId = ""] = readdirSync(join(cwd, "home", "runs"));
  expect((await pitwall(["verify", runId], { cwd })).exitCode).toBe(0);

  appendFileSync(join(cwd, "home", "runs", runId, "log.txt"), "val_acc=0.99\n");
  const changed = await pitwall(["show", "last", "--json"], { cwd });
  const [altered] = JSON.parse(changed.stdout).result.runs;
  expect(altered.integrity.kind).toBe("files-changed");
  expect(altered.verdictIsAsSealed).toBeUndefined();
});

/** An evaluation on each line: 0.5 and noise, one dip, and from one step on the target. */
function writeProgram(folder: string): string[] {
  writeFileSync(
    join(folder, "train.mjs"),
    `let text = "";
for (let step = 1; step <= ${count}; step++) {
  const noise = ((step * 7919) % 1000) / 10_000;
  const value = step === ${bestStep} ? 0.99 : step === 777 ? 0.001 : step < ${crossingStep} ? 0.5 + noise : 0.85 + noise;
  text += \`step \${step} val_acc=\${value.toFixed(4)}\\n\`;
}
process.stdout.write(text);
`,
  );
  return [process.execPath, "train.mjs"];
}

test("a record of many evaluations stays small and keeps its crossing, its extremes and its count", async () => {
  const cwd = temporaryFolder();
  const words = ["run", "--target", "val_acc>=0.8", "--", ...writeProgram(cwd)];
  expect(await pitwall(words, { cwd })).toMatchObject({ exitCode: 0 });
  const home = join(cwd, "home");
  const [runId = ""] = readdirSync(join(home, "runs"));
  const record = join(home, "runs", runId);
  expect(statSync(join(record, "result.json")).size).toBeLessThan(150_000);
  expect(statSync(join(record, "events.jsonl")).size).toBeLessThan(5000);

  const shown = await pitwall(["show", "last", "--json"], { cwd });
  const [page] = JSON.parse(shown.stdout).result.runs;
  expect(page.verdictDifferences).toEqual([]);
  expect(page.progress.evaluationCount).toBe(count);
  const { evaluations, evaluationCount, outcome } = page.result;
  expect(evaluationCount).toBe(count);
  expect(evaluations.length).toBeLessThanOrEqual(1001);
  const valueAt = (number: number): number | undefined =>
    evaluations.find((each: { number: number }) => each.number === number)?.value;
  expect([valueAt(1), valueAt(777), valueAt(bestStep)]).toEqual([0.5919, 0.001, 0.99]);
  expect(valueAt(count)).toBeDefined();
  // The target is met by this evaluation and by none before.
  const crossing = evaluations.find((each: { value: number }) => each.value >= 0.8);
  expect(crossing.number).toBe(crossingStep);
  expect(outcome).toMatchObject({ kind: "reached", quality: crossing.value });
  expect(outcome.timeToTrainMs).toBeCloseTo(crossing.clockMs, 6);

  const text = await pitwall(["show", "last"], { cwd });
  expect(text.stdout).toContain(`${evaluations.length} of 30,000 evaluations are stored`);
  const csv = await pitwall(["export", "last", "--format", "csv"], { cwd });
  // Telemetry has rows too.
  const rows = csv.stdout.split("\n").filter((row) => row.includes(`,${count},metric,`));
  expect(rows.length).toBe(evaluations.length);

  const server = await startServer(home);
  const answer = await fetch(`${server.url}api/runs/${runId}`);
  const body = await answer.text();
  expect(body.length).toBeLessThan(400_000);
  expect(runDetail.parse(JSON.parse(body)).evaluationCount).toBe(count);
});
