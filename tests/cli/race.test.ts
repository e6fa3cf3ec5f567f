import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { showDocument } from "../../src/schema/documents/run-documents.ts";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";

/**
 * Prints its own clock, in fractions of a millisecond, so that times do not depend on the machine: the time to the target
 * is 10 / speed with 10 % noise that depends on the seed, and a smaller one that depends on the speed too.
 */
const program = `
const option = (name, absent) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? absent : Number(process.argv[at + 1]);
};
const [speed, seed] = [option("--speed", 1), option("--seed", 1)];
const noise = 1 + 0.1 * Math.sin(seed * 12.9898) + 0.01 * Math.sin(seed * speed * 78.233);
const failsAfter = option("--fails-after", Infinity);
const steps = option("--steps", 10);
for (let step = 1; step <= steps; step++) {
  if (step > failsAfter) throw new Error("out of memory");
  console.log("step " + step + " train_time:" + ((step * noise) / speed).toFixed(5) + "ms val_acc=" + step / 10 + " loss=" + (1 - step / 10));
}
`;
const reads = ["--target", "val_acc>=1", "--clock", "train_time:(\\S+)ms"];

function folder(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "train.mjs"), program);
  return cwd;
}

async function raced(words: readonly string[], cwd = folder()) {
  const answer = await pitwall(["race", ...words, "--json"], { cwd });
  return { cwd, ...answer, result: JSON.parse(answer.stdout).result };
}

describe("pitwall race", () => {
  test("finds the faster of two programs, and by how much", async () => {
    const { result, exitCode, cwd } = await raced([
      "--runs",
      "6",
      ...reads,
      "node train.mjs --speed 1 --seed {seed}",
      "node train.mjs --speed 1.25 --seed {seed}",
    ]);
    expect(exitCode).toBe(0);
    const [first, other] = result.arms;
    expect(first).toMatchObject({ letter: "A", name: "--speed 1", runCount: 6, reachedCount: 6 });
    expect(other).toMatchObject({ letter: "B", name: "--speed 1.25", isDropped: false });
    expect(other.comparison).toMatchObject({
      pairCount: 6,
      estimator: "geometric-mean",
      test: { pValue: 0.03125, method: "exact" },
      verdict: { kind: "faster" },
    });
    expect(other.comparison.ratio).toBeCloseTo(0.8, 1);
    // A B B A A B …, with the same seeds.
    const runs = [...first.runs, ...other.runs].toSorted((a, b) => a.order - b.order);
    expect(runs.map(({ runId }) => runId.at(-3)).join("")).toBe("abbaabbaabba");
    expect(first.runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(other.runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2, 3, 4, 5, 6]);
    const shown = await raced(["--show", "last"], cwd);
    expect(shown.result).toEqual(result);
    const text = await pitwall(["race", "--show", result.raceId.slice(0, -2)], { cwd });
    expect(text.stdout).toContain("B (--speed 1.25) is 1.2");
    expect((await pitwall(["show", result.raceId], { cwd })).stdout).toBe(text.stdout);
    const markdown = await pitwall(["race", "--show", "last", "--format", "md"], { cwd });
    expect(markdown.stdout).toMatch(/^\| arm \| name \|.*\n\| --- \|/u);
    const csv = await pitwall(["race", "--show", "last", "--format", "csv"], { cwd });
    expect(csv.stdout.split("\n")).toHaveLength(4);
  });

  test("tries all combinations of settings, and asks for more runs where it cannot tell", async () => {
    const { result } = await raced([
      "--runs",
      "2",
      ...reads,
      "--set",
      "speed=1,2",
      "--set",
      "steps=10,12",
      "node train.mjs --speed {speed} --steps {steps} --seed {seed}",
    ]);
    expect(result.arms.map(({ name }: { name: string }) => name)).toEqual([
      "speed=1 steps=10",
      "speed=1 steps=12",
      "speed=2 steps=10",
      "speed=2 steps=12",
    ]);
    expect(result.arms[2].comparison.verdict).toEqual({ kind: "too-few-runs", moreRuns: 4 });
    expect(result.arms[1].comparison.verdict).toEqual({ kind: "no-difference-seen" });
  });

  test("runs until the interval is narrow, and not longer", async () => {
    const { result, stderr } = await raced([
      "--until",
      "50%",
      ...reads,
      "node train.mjs --speed 1 --seed {seed}",
      "node train.mjs --speed 1.5 --seed {seed}",
    ]);
    expect(result.settings).toEqual({ runs: 6, until: 0.5, maxRuns: 50 });
    expect(result.arms.map(({ runCount }: { runCount: number }) => runCount)).toEqual([6, 6]);
    expect(stderr).toContain("after 6 runs of each arm: ratio within ±");
  });

  test("counts runs that miss as slower than all", async () => {
    const { result } = await raced([
      "--runs",
      "6",
      ...reads,
      "node train.mjs --seed {seed}",
      "node train.mjs --speed 3 --steps 9 --seed {seed}",
    ]);
    const [, other] = result.arms;
    expect(other).toMatchObject({ reachedCount: 0, comparison: { verdict: { kind: "slower" } } });
    expect(other.comparison.ratio).toBeUndefined();
  });

  test("drops an arm that fails twice in the same way, and goes on with the others", async () => {
    const { result, stderr, exitCode } = await raced([
      "--runs",
      "3",
      ...reads,
      "node train.mjs --fails-after 2 --seed {seed}",
      "node train.mjs --speed 1 --seed {seed}",
      "node train.mjs --speed 2 --seed {seed}",
    ]);
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ baseArm: 2, state: "finished" });
    const [broken, base, other] = result.arms;
    expect(broken).toMatchObject({ isDropped: true, runCount: 2, reachedCount: 0 });
    expect(base.comparison).toBeUndefined();
    expect(other.comparison.pairCount).toBe(3);
    expect(stderr).toContain("the race goes on with 2 arms");
  });

  test("ends when fewer than two arms are left", async () => {
    const { exitCode, result, stderr } = await raced([
      "--runs",
      "5",
      ...reads,
      "node train.mjs --fails-after 2 --seed {seed}",
      "node train.mjs --speed 2 --seed {seed}",
    ]);
    expect(exitCode).toBe(3);
    expect(result.state).toBe("finished");
    expect(stderr).toContain("the race ends");
  });

  test("warms each arm up before its first run, without counting that run", async () => {
    const { result, cwd } = await raced([
      "--runs",
      "2",
      "--warmup",
      "1",
      ...reads,
      "node train.mjs --speed 1 --seed {seed}",
      "node train.mjs --speed 2 --seed {seed}",
    ]);
    for (const arm of result.arms) {
      expect(arm.runCount).toBe(2);
      expect(arm.runs.map(({ isWarmup }: { isWarmup?: true }) => isWarmup === true)).toEqual([
        true,
        false,
        false,
      ]);
    }
    expect(result.arms[1].comparison.pairCount).toBe(2);
    const series = result.arms.map(({ seriesId }: { seriesId: string }) => seriesId);
    const compared = await pitwall(["compare", ...series, "--format", "md"], { cwd });
    expect(compared.exitCode).toBe(0);
    expect(compared.stdout).toContain("x as fast");
  });

  test("repeats a run that fails, and counts its last attempt", async () => {
    const { result } = await raced([
      "--runs",
      "2",
      "--retries",
      "1",
      "--keep-going",
      ...reads,
      "node train.mjs --fails-after 2 --seed {seed}",
      "node train.mjs --speed 2 --seed {seed}",
    ]);
    expect(result.arms[0]).toMatchObject({ runCount: 2, reachedCount: 0 });
    expect(result.arms[0].runs).toHaveLength(4);
  });

  test("compare takes own series with the same metric and target, whatever their names", async () => {
    const cwd = folder();
    for (const name of ["small", "large"])
      await pitwall(["run", "--name", name, ...reads, "--", "node", "train.mjs"], { cwd });
    const answer = await pitwall(["runs", "--json"], { cwd });
    const ids = JSON.parse(answer.stdout).result.map(({ runId }: { runId: string }) => runId);
    const compared = await pitwall(["compare", ...ids, "--format", "csv"], { cwd });
    expect(compared.exitCode).toBe(0);
    expect(compared.stdout).toMatch(/^field,.*\nbenchmark,small,large\n/u);
    const other = ["run", "--target", "val_acc>=0.5", "--", "node", "train.mjs"];
    await pitwall(other, { cwd });
    expect((await pitwall(["compare", "last", ids[0]], { cwd })).stderr).toContain(
      "different benchmarks: train, small",
    );
  });

  test("compares each of several targets on its own", async () => {
    const { result, cwd, stderr } = await raced([
      "--runs",
      "2",
      "--target",
      "val_acc>=0.8",
      "--target",
      "loss<=0.05",
      "node train.mjs --seed {seed}",
      "node train.mjs --steps 9 --seed {seed}",
    ]);
    expect(result).toMatchObject({
      target: { metric: "val_acc" },
      furtherTargets: [{ metric: "loss", value: 0.05 }],
    });
    const [first, other] = result.arms;
    expect([first.reachedCount, other.reachedCount]).toEqual([2, 0]);
    expect(first.targets).toMatchObject([
      { metCount: 2, medianMs: expect.any(Number) },
      { metCount: 2 },
    ]);
    expect(other.targets).toMatchObject([
      { metCount: 2, comparison: { pairCount: 2, estimator: "geometric-mean" } },
      { metCount: 0, comparison: { estimator: "median" } },
    ]);
    const shown = await pitwall(["race", "--show", "last"], { cwd });
    expect(shown.stdout).toContain("val_acc >= 0.8 and loss <= 0.05, 2 runs of each arm");
    expect(stderr).toContain(
      "2 runs of each arm cannot show which is faster: fewer than 6 pairs never decide",
    );
    expect(shown.stdout).toContain(
      "too few runs to tell; fewer than 6 pairs never decide; about 4 more would",
    );
    expect(shown.stdout).toMatch(/\nB +loss <= 0\.05 +never +0\/2/u);
    const runs = await pitwall(["runs"], { cwd });
    expect(runs.stdout).toMatch(/1\.0*, 0/u);
    const run = await pitwall(["show", "last", "--json"], { cwd });
    expect(showDocument.safeParse(JSON.parse(run.stdout).result).error?.issues ?? []).toEqual([]);
    const series = await pitwall(["show", first.seriesId], { cwd });
    expect(series.stdout).toMatch(/seed +time \(s\) +val_acc +loss/u);
  });

  test("races workload files", async () => {
    const cwd = folder();
    for (const [name, speed] of [
      ["slow", 1],
      ["fast", 2],
    ] as const) {
      writeFileSync(
        join(cwd, `${name}.yaml`),
        `command: [node, train.mjs, --speed, "${speed}", --seed, "{seed}"]\ntarget: val_acc >= 1\nclock: 'train_time:(\\S+)ms'\n`,
      );
    }
    const { result } = await raced(["--runs", "2", "slow.yaml", "fast.yaml"], cwd);
    expect(result.arms.map(({ name }: { name: string }) => name)).toEqual(["slow", "fast"]);
    expect(result.arms[1].comparison.ratio).toBeCloseTo(0.5, 1);
  });

  test("runs a command that needs a shell through sh", async () => {
    const { result } = await raced([
      "--runs",
      "2",
      ...reads,
      "node train.mjs --seed {seed} | cat",
      "node train.mjs --speed 2 --seed {seed} | cat",
    ]);
    expect(result.arms[0].command).toBe("sh -c node train.mjs --seed {seed} | cat");
    expect(result.arms[0].reachedCount).toBe(2);
  });
});

describe("pitwall race refuses", () => {
  const arm = "node train.mjs --seed {seed}";
  test.each([
    { name: "one arm", words: [...reads, arm] },
    { name: "no arm", words: [...reads] },
    { name: "one run", words: ["--runs", "1", ...reads, arm, arm] },
    { name: "an empty --set", words: [...reads, "--set", "lr=", "node train.mjs --lr {lr}"] },
    { name: "a --set without values", words: [...reads, "--set", "lr", "node train.mjs"] },
    { name: "one value of --set", words: [...reads, "--set", "lr=1", "node train.mjs --lr {lr}"] },
    { name: "a missing placeholder", words: [...reads, "--set", "lr=1,2", arm] },
    { name: "--set with two arms", words: [...reads, "--set", "lr=1,2", arm, arm] },
    { name: "the seed as a setting", words: [...reads, "--set", "seed=1,2", arm] },
    { name: "too many arms", words: [...reads, "--set", "a=1,2,3,4,5", "--set", "b=1,2,3,4", arm] },
    { name: "an unknown workload", words: ["digts", "digits"] },
    { name: "options in a built-in workload", words: ["digits --lr 3", "digits"] },
    { name: "--until without percent", words: ["--until", "5", ...reads, arm, arm] },
    { name: "--max-runs without --until", words: ["--max-runs", "5", ...reads, arm, arm] },
    { name: "a program after --", words: [...reads, arm, arm, "--", "node"] },
    { name: "an open quote", words: [...reads, "node 'train.mjs", arm] },
    { name: "different targets", words: ["digits", "clicks"] },
    { name: "a race that is not on record", words: ["--show", "race-x"] },
    { name: "--show with an arm", words: ["--show", "last", arm] },
  ])("$name", async ({ words }) => {
    const cwd = folder();
    const answer = await pitwall(["race", ...words], { cwd });
    expect(answer.exitCode).toBe(2);
    expect(transcript(answer, cwd)).toMatchSnapshot();
  });

  test("workload files with different targets or metrics", async () => {
    const cwd = folder();
    const write = (name: string, target: string): void =>
      writeFileSync(join(cwd, name), `command: [node, train.mjs]\ntarget: ${target}\n`);
    write("a.yaml", "val_acc >= 0.9");
    write("b.yaml", "val_acc >= 0.95");
    const answer = await pitwall(["race", "a.yaml", "b.yaml"], { cwd });
    expect(answer.exitCode).toBe(2);
    expect(transcript(answer, cwd)).toMatchSnapshot();
  });
});
