import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

async function ran(
  training: Parameters<typeof writeTraining>[1],
  options: readonly string[] = readsAccuracy,
) {
  const cwd = temporaryFolder();
  const command = writeTraining(cwd, training);
  const answer = await pitwall(["run", ...options, "--json", "--", ...command], { cwd });
  const result = answer.stdout === "" ? undefined : JSON.parse(answer.stdout).result;
  return { cwd, result, ...answer };
}

describe("pitwall run, of any program", () => {
  test("prints time, target and cost on a card", async () => {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd);
    const words = [
      "run",
      ...readsAccuracy,
      "--samples",
      "samples=([0-9]+)",
      "--price",
      "12.29/h",
      "--quiet",
      "--",
      ...command,
    ];
    const answer = transcript(await pitwall(words, { cwd }), cwd);
    // Which meters a machine has decides how many lines speak of energy.
    expect(answer.replaceAll(/\n {2}energy .*/gu, "")).toMatchSnapshot();
  });

  test.each([
    {
      name: "is reached at the first value that is good enough",
      training: {},
      exit: 0,
      outcome: { kind: "reached", quality: 0.95 },
    },
    {
      name: "is missed where a program ends well without the target",
      training: { values: [0.5, 0.6] },
      exit: 1,
      outcome: { kind: "missed", reason: "ended", bestQuality: 0.6 },
    },
    {
      name: "has died where a program dies by a signal",
      training: {
        values: [0.5],
        atEnd: "process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000);",
      },
      exit: 4,
      outcome: { kind: "died", signal: "SIGSEGV" },
    },
    {
      name: "has died where a program fails",
      training: { values: [0.5], atEnd: "process.exit(7);" },
      exit: 4,
      outcome: { kind: "died", exitCode: 7 },
    },
    {
      name: "is valid if the program fails after the target",
      training: { atEnd: "process.exit(7);" },
      exit: 0,
      outcome: { kind: "reached" },
    },
    {
      name: "is not met by NaN, Infinity or words",
      training: { values: ["nan", "inf", "Infinity", "good"] },
      exit: 4,
      outcome: { kind: "missed", reason: "not-a-number" },
    },
  ])("$name", async ({ training, exit, outcome }) => {
    const { exitCode, result } = await ran(training);
    expect(result.runs[0].outcome).toMatchObject(outcome);
    expect(exitCode).toBe(exit);
  });

  test("ends the program at the target with `--stop-at-target`", async () => {
    const endless = {
      values: [
        ...Array.from({ length: 5 }, () => 0.95),
        ...Array.from({ length: 2000 }, () => 0.5),
      ],
    };
    const { result, exitCode } = await ran(endless, [...readsAccuracy, "--stop-at-target"]);
    expect(exitCode).toBe(0);
    expect(result.runs[0].evaluations.length).toBeLessThan(500);
  });

  test("reads a target that is better when lower", async () => {
    const { result } = await ran({}, ["--metric", "loss=([0-9.]+)", "--target", "loss<=0.05"]);
    expect(result.runs[0].outcome).toMatchObject({ kind: "reached", quality: 0.05 });
  });

  test.each([
    { name: "time", limit: ["--max-time", "300ms"], reason: "max-time" },
    { name: "money", limit: ["--max-cost", "0.0005usd", "--price", "6/h"], reason: "max-cost" },
    {
      name: "samples",
      limit: ["--max-samples", "500", "--samples", "samples=([0-9]+)"],
      reason: "max-samples",
    },
  ])("ends a run that is out of $name, as missed", async ({ limit, reason }) => {
    const endless = { values: Array.from({ length: 3000 }, () => 0.5) };
    const { result, exitCode } = await ran(endless, [...readsAccuracy, ...limit]);
    expect(result.runs[0].outcome).toMatchObject({ kind: "missed", reason, bestQuality: 0.5 });
    expect(exitCode).toBe(1);
  });

  test("reads a program that logs MLLOG without `--metric`", async () => {
    const cwd = temporaryFolder();
    const log = (key: string, value: unknown, metadata: object): string =>
      `console.log("0: :::MLLOG " + JSON.stringify({ namespace: "", time_ms: Date.now(), event_type: "POINT_IN_TIME", key: ${JSON.stringify(key)}, value: ${JSON.stringify(value)}, metadata: ${JSON.stringify(metadata)} }));`;
    writeFileSync(
      join(cwd, "logs.mjs"),
      [
        log("run_start", null, {}),
        log("eval_accuracy", 0.7, { epoch_num: 1, samples_count: 64 }),
        log("eval_accuracy", 0.8, { epoch_num: 2, samples_count: 128 }),
        log("run_stop", null, { status: "success", samples_count: 128 }),
      ].join("\n"),
    );
    const answer = await pitwall(
      ["run", "--json", "--target", "eval_accuracy>=0.75", "--", process.execPath, "logs.mjs"],
      { cwd },
    );
    const [run] = JSON.parse(answer.stdout).result.runs;
    expect(run.outcome).toMatchObject({ kind: "reached", quality: 0.8, samplesCount: 128 });
    expect(run.clock.source).toBe("mllog");
  });

  test("hands each run its seed, in the command and in the environment", async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "seeded.mjs"),
      "console.log(`arg=${process.argv[2]} env=${process.env.PITWALL_SEED} val_acc=0.9${process.argv[2]}`);",
    );
    await pitwall(
      [
        "run",
        ...readsAccuracy,
        "--runs",
        "3",
        "--seed",
        "5",
        "--",
        process.execPath,
        "seeded.mjs",
        "{seed}",
      ],
      { cwd },
    );
    const { stdout } = await pitwall(["runs", "--json"], { cwd });
    const directories = JSON.parse(stdout).result.map(
      (run: { directory: string }) => run.directory,
    );
    const logs = directories.map(
      (directory: string) => readFileSync(join(directory, "log.txt"), "utf8").split("\n")[0],
    );
    expect(logs).toEqual([
      "arg=5 env=5 val_acc=0.95",
      "arg=6 env=6 val_acc=0.96",
      "arg=7 env=7 val_acc=0.97",
    ]);
  });

  test("scores three runs by dropping the fastest and the slowest", async () => {
    const { result } = await ran({}, [...readsAccuracy, "--runs", "3"]);
    const times = result.runs
      .map((run: { outcome: { timeToTrainMs: number } }) => run.outcome.timeToTrainMs)
      .toSorted((a: number, b: number) => a - b);
    expect(result.score).toMatchObject({ kind: "scored", meanMs: times[1] });
    expect(result.timeToTrainMs.median).toBe(times[1]);
  });

  test("starts a program in a folder, with variables and standard input of the user", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "inner"));
    writeFileSync(join(cwd, "answers.txt"), "yes\n");
    const script = 'read line; echo "$line $A $B $(basename $PWD)"; echo val_acc=0.95';
    const words = ["run", "--target", "val_acc>=0.9", "--cwd", "inner", "--env", "A=1", "--env"];
    const { exitCode } = await pitwall(
      [...words, "B=x=y", "--stdin", "answers.txt", "--", "sh", "-c", script],
      { cwd },
    );
    expect(exitCode).toBe(0);
    const log = await pitwall(["show", "last", "--log"], { cwd });
    expect(log.stdout).toContain("yes 1 x=y inner");
    const again = await pitwall(["rerun", "last"], { cwd });
    expect(again.stdout).toContain("reached");
  });

  test.each([
    { options: ["--env", "A"], code: "env-invalid" },
    { options: ["--stdin", "missing.txt"], code: "stdin-unreadable" },
    { options: ["--stdin", "."], code: "stdin-unreadable" },
    { options: ["--cwd", "missing"], code: "folder-missing" },
  ])("refuses $options before it makes a record", async ({ options, code }) => {
    const cwd = temporaryFolder();
    const words = ["run", "--json", ...readsAccuracy, ...options, "--", "true"];
    const { exitCode, stdout } = await pitwall(words, { cwd });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe(code);
    expect(existsSync(join(cwd, "home", "runs"))).toBe(false);
  });

  test("times a run by the program's own clock, and shows the time from launch beside it", async () => {
    const cwd = temporaryFolder();
    const lines = [0.5, 0.95].map((value, index) => `val_acc=${value} train_time:${index + 3}ms`);
    const command = [process.execPath, "-e", `console.log(${JSON.stringify(lines.join("\n"))})`];
    const words = ["run", "--target", "val_acc>=0.9", "--clock", "train_time:(\\d+)ms"];
    const card = await pitwall([...words, "--quiet", "--", ...command], { cwd });
    expect(card.stdout).toMatch(/time to train +4\.0 ms\n/u);
    expect(card.stdout).toMatch(
      /clock +4\.0 ms by the program's clock `train_time`, .* from launch/u,
    );
    const shown = await pitwall(["show", "last", "--json"], { cwd });
    expect(JSON.parse(shown.stdout).result.runs[0].result.clock).toMatchObject({
      source: "program",
      programClock: { name: "train_time", timeMs: 4 },
    });
    expect((await pitwall(["show", "last"], { cwd })).stdout).not.toContain("differs");
  });

  test.each([
    {
      name: "by the environment",
      env: { CUDA_VISIBLE_DEVICES: "1" },
      prefix: [],
      used: "1 of 3 × NVIDIA T4, selected by `CUDA_VISIBLE_DEVICES=1`",
      units: "1 accelerator,",
    },
    {
      name: "by the command",
      env: {},
      prefix: ["env", "CUDA_VISIBLE_DEVICES=1"],
      used: "1 of 3 × NVIDIA T4, selected by `CUDA_VISIBLE_DEVICES=1`",
      units: "1 accelerator,",
    },
    {
      name: "by an empty variable",
      env: { CUDA_VISIBLE_DEVICES: "" },
      prefix: [],
      used: '0 of 3 × NVIDIA T4, selected by `CUDA_VISIBLE_DEVICES=""`',
      units: "1 node that uses no accelerator,",
    },
  ])("bills the accelerators that are used, as selected $name", async (selected) => {
    const { env, prefix, used, units } = selected;
    const cwd = temporaryFolder();
    const rows = [0, 1, 2].map(
      (index) => `echo "${index}, GPU-${index}, NVIDIA T4, 15360 MiB, 570"`,
    );
    writeFileSync(join(cwd, "nvidia-smi"), `#!/bin/sh\n${rows.join("\n")}\n`, { mode: 0o755 });
    const command = [...prefix, ...writeTraining(cwd)];
    const words = ["run", ...readsAccuracy, "--price", "2/h/accelerator", "--quiet"];
    const path = `${cwd}:${process.env["PATH"] ?? ""}`;
    const { stdout } = await pitwall([...words, "--", ...command], {
      cwd,
      env: { PATH: path, ...env },
    });
    expect(stdout).toContain(used);
    expect(stdout).toContain(`$2.00/h × ${units}`);
  });

  test("stops a series whose first two runs die at once, and says why", async () => {
    const cwd = temporaryFolder();
    const command = ["sh", "-c", "echo no such dataset; exit 4"];
    const words = ["run", ...readsAccuracy, "--runs", "5", "--name", "doomed", "--quiet"];
    const answer = await pitwall([...words, "--", ...command], { cwd });
    expect(answer.exitCode).toBe(4);
    expect(answer.stdout).toContain(
      "no score: stopped after 2 of 5 runs died with the same error: exit code 4, `no such dataset`",
    );
    const all = await pitwall(["run", "--resume", "doomed", "--keep-going", "--json"], { cwd });
    expect(JSON.parse(all.stdout).result).toMatchObject({ runCount: 5, reachedCount: 0 });
  });

  test("warns where seeds make no difference", async () => {
    const { result } = await ran({}, [...readsAccuracy, "--runs", "2"]);
    expect(result.findings).toEqual([{ rule: "seed-has-no-effect", runCount: 2 }]);
  });

  test.each([
    { name: "a name", options: ["--metric", "val_acc", "--target", "val_acc>=0.9"] },
    { name: "a target alone", options: ["--target", "val_acc>=0.9"] },
  ])("finds a metric by $name", async ({ options }) => {
    const cwd = temporaryFolder();
    const lines = ["train_acc=0.99 val_acc=1.2e-01", "{'val_acc': 0.5}", "val_acc 0.93"];
    const program = `for (const line of ${JSON.stringify(lines)}) console.log(line)`;
    const words = ["run", ...options, "--json", "--", process.execPath, "-e", program];
    const { stdout, exitCode } = await pitwall(words, { cwd });
    const [run] = JSON.parse(stdout).result.runs;
    expect(run.evaluations.map(({ value }: { value: number }) => value)).toEqual([0.12, 0.5, 0.93]);
    expect(run.outcome).toMatchObject({ kind: "reached", quality: 0.93 });
    expect(exitCode).toBe(0);
  });

  test("shows the line that nearly matches where a metric never does", async () => {
    const { result, exitCode } = await ran({ print: "`Val Acc: ${value}`" });
    expect(exitCode).toBe(1);
    expect(result.runs[0].findings).toContainEqual({
      rule: "metric-never-matched",
      metric: "val_acc",
      pattern: "val_acc=(\\S+)",
      nearestLine: "Val Acc: 0.5",
      suggestion: "Val Acc",
    });
  });

  test("says what a program that died said last", async () => {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd, {
      values: [0.5],
      atEnd: "console.error('CUDA out of memory'); process.exit(1);",
    });
    const { stderr } = await pitwall(["run", ...readsAccuracy, "--", ...command], { cwd });
    expect(stderr).toContain(
      "last lines of the program's output:\n  epoch=0 samples=100 loss=0.500 val_acc=0.5\n",
    );
    expect(stderr).toContain("  CUDA out of memory\n");
  });

  test("does not ask for a target where the program died before it printed a number", async () => {
    const cwd = temporaryFolder();
    const program = 'throw new Error("no module torch")';
    const ran = await pitwall(["run", "--json", "--", process.execPath, "-e", program], { cwd });
    const { runs } = JSON.parse(ran.stdout).result;
    expect(runs[0].outcome.kind).toBe("died");
    expect(runs[0].findings).toEqual([]);
  });

  test("adds MLLOG lines of its own, so that the log reads like any other", async () => {
    const { cwd } = await ran({});
    const [runId = ""] = readdirSync(join(cwd, "home", "runs"));
    const log = readFileSync(join(cwd, "home", "runs", runId, "log.txt"), "utf8");
    const keys = [...log.matchAll(/:::MLLOG .*"key": *"(\w+)"/gu)].map((match) => match[1]);
    const expected = "submission_benchmark seed quality_target init_start init_stop run_start";
    const evaluations = Array.from({ length: 4 }, () => "eval_accuracy");
    expect(keys).toEqual([...expected.split(" "), ...evaluations, "run_stop"]);
  });
});

describe("pitwall run, of a workload file", () => {
  test("does what the file says, and options win over it", async () => {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd, { values: [0.91, 0.92] });
    const file = {
      name: "mine",
      command,
      metric: "val_acc=([0-9.]+)",
      target: "val_acc >= 0.94",
      runs: 2,
      price: "3.60/h",
    };
    writeFileSync(join(cwd, "mine.yaml"), JSON.stringify(file));
    const answer = await pitwall(["run", "mine.yaml", "--target", "val_acc>=0.92", "--json"], {
      cwd,
    });
    const { result } = JSON.parse(answer.stdout);
    expect(result).toMatchObject({
      name: "mine",
      runCount: 2,
      reachedCount: 2,
      cost: { price: { usdPerHour: 3.6 } },
    });
  });

  test("starts a text through the shell, beside the file", async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "shell.yaml"),
      "command: echo \"val_acc=0.9$PITWALL_SEED\" | tee out.txt\nmetric: 'val_acc=([0-9.]+)'\ntarget: val_acc>=0.9\nseed: 7\n",
    );
    const answer = await pitwall(["run", "shell.yaml", "--json"], { cwd });
    expect(JSON.parse(answer.stdout).result.runs[0].outcome).toMatchObject({
      kind: "reached",
      quality: 0.97,
    });
    expect(readFileSync(join(cwd, "out.txt"), "utf8")).toBe("val_acc=0.97\n");
  });
});
