import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatsPython, hasModules } from "../export/format-tools.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const accuracies = [0.5, 0.7, 0.95, 0.96];

/** A program that writes with `write(step, accuracy)`, 100 ms apart. */
function program(cwd: string, write: string, { before = "", after = "" } = {}): string[] {
  writeFileSync(
    join(cwd, "train.mjs"),
    `import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
const history = [];
${before}
for (const [index, accuracy] of ${JSON.stringify(accuracies)}.entries()) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const step = (index + 1) * 10;
  history.push({ step, eval_accuracy: accuracy });
  ${write}
}
${after}
`,
  );
  return [process.execPath, "train.mjs"];
}

async function run(cwd: string, options: readonly string[], command: readonly string[]) {
  const answer = await pitwall(["run", ...options, "--json", "--", ...command], { cwd });
  const result = answer.stdout === "" ? undefined : JSON.parse(answer.stdout).result.runs[0];
  return { ...answer, result };
}

function valuesOf(result: { evaluations: { value: number }[] }): number[] {
  return result.evaluations.map(({ value }) => value);
}

/** Differences between result.json and the verdict that the log and the events give. */
async function verdictDifferences(cwd: string): Promise<unknown> {
  const { stdout } = await pitwall(["show", "last", "--json"], { cwd });
  return JSON.parse(stdout).result.runs[0].verdictDifferences;
}

const csv = 'appendFileSync("metrics.csv", `${step},0.1,\\n${step},,${accuracy}\\n`);';

describe("pitwall run --metrics-from", () => {
  test.each([
    {
      name: "a table with empty cells",
      from: "metrics.csv",
      metric: "acc",
      before: 'writeFileSync("metrics.csv", "step,loss,acc\\n");',
      write: csv,
    },
    {
      name: "JSON lines with nested keys",
      from: "log/train.jsonl",
      metric: "val.acc",
      before: 'mkdirSync("log");',
      write:
        'appendFileSync("log/train.jsonl", JSON.stringify({ step, val: { acc: accuracy } }) + "\\n");',
    },
    {
      name: "the trainer state of each checkpoint",
      from: "out",
      metric: "eval_accuracy",
      before: "",
      write:
        "mkdirSync(`out/checkpoint-${step}`, { recursive: true }); writeFileSync(`out/checkpoint-${step}/trainer_state.json`, JSON.stringify({ log_history: history }));",
    },
    {
      name: "a JSON document that is replaced by renaming",
      from: "state.json",
      metric: "eval_accuracy",
      before: "",
      write:
        'writeFileSync("state.tmp", JSON.stringify(history)); renameSync("state.tmp", "state.json");',
    },
    {
      name: "a text log",
      from: "train.log",
      metric: "val_acc",
      before: "",
      write: 'appendFileSync("train.log", `step ${step} val_acc=${accuracy}\\n`);',
    },
  ])("reads $name", async ({ from, metric, before, write }) => {
    const cwd = temporaryFolder();
    const options = ["--metrics-from", from, "--target", `${metric}>=0.94`];
    const { exitCode, result } = await run(cwd, options, program(cwd, write, { before }));
    expect(result.findings).toEqual([]);
    expect(valuesOf(result)).toEqual(accuracies);
    expect(result.outcome).toMatchObject({ kind: "reached", quality: 0.95 });
    expect(exitCode).toBe(0);
    expect(await verdictDifferences(cwd)).toEqual([]);
  });

  test("reads sample counts and the program's own clock from other columns", async () => {
    const cwd = temporaryFolder();
    const before = 'writeFileSync("metrics.csv", "step,images,acc,train_time_ms\\n");';
    const write =
      'appendFileSync("metrics.csv", `${step},${step * 100},${accuracy},${step * 4}\\n`);';
    const options = [
      "--metrics-from=metrics.csv",
      "--target=acc>=0.94",
      "--samples=images",
      "--clock=train_time_ms",
    ];
    const { result } = await run(cwd, options, program(cwd, write, { before }));
    expect(result.outcome).toEqual({
      kind: "reached",
      timeToTrainMs: 120,
      quality: 0.95,
      samplesCount: 3000,
    });
    expect(result.clock.source).toBe("program");
    expect(await verdictDifferences(cwd)).toEqual([]);
  });

  test("stops the program at the target", async () => {
    const cwd = temporaryFolder();
    const before = 'writeFileSync("metrics.csv", "step,loss,acc\\n");';
    const after = "setInterval(() => {}, 1000);";
    const options = ["--metrics-from=metrics.csv", "--target=acc>=0.94", "--stop-at-target"];
    const { exitCode, result } = await run(cwd, options, program(cwd, csv, { before, after }));
    expect(result.outcome).toMatchObject({ kind: "reached", quality: 0.95 });
    expect(exitCode).toBe(0);
  });

  test("does not read the results of an earlier run", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "out"));
    writeFileSync(join(cwd, "out", "metrics.csv"), "step,acc\n1,0.99\n");
    const options = ["--metrics-from", "out", "--target", "acc>=0.94"];
    const { exitCode, result } = await run(cwd, options, program(cwd, ""));
    expect(result.outcome).toEqual({ kind: "missed", reason: "ended" });
    expect(result.findings).toEqual([{ rule: "metrics-file-unchanged", path: "out" }]);
    expect(exitCode).toBe(1);
  });

  test("does not read printed lines, which may show other values", async () => {
    const cwd = temporaryFolder();
    const write = `console.log("acc=0.99"); ${csv}`;
    const before = 'writeFileSync("metrics.csv", "step,loss,acc\\n");';
    const options = ["--metrics-from", "metrics.csv", "--target", "acc>=0.94"];
    const { result } = await run(cwd, options, program(cwd, write, { before }));
    expect(valuesOf(result)).toEqual(accuracies);
  });

  test("uses the times of a file, and ends an evaluation of NaN as a printed one", async () => {
    const cwd = temporaryFolder();
    const write =
      'appendFileSync("a.jsonl", `{"step": ${step}, "acc": NaN, "timestamp": ${Date.now() / 1000}}\\n`);';
    const options = ["--metrics-from", "a.jsonl", "--target", "acc>=0.94"];
    const { result } = await run(cwd, options, program(cwd, write));
    expect(result.outcome).toEqual({ kind: "missed", reason: "not-a-number" });
    const log = readFileSync(join(cwd, "home", "runs", result.runId, "log.txt"), "utf8");
    // Rows that are read together share a line.
    expect(log).toMatch(/"value": \{"acc": \[?NaN/u);
    expect(log).toContain('"time_from": "file"');
  });

  test("names the metric that a file has instead, and a file that never appears", async () => {
    const cwd = temporaryFolder();
    const before = 'writeFileSync("metrics.csv", "step,loss,val_acc\\n");';
    const words = ["--metrics-from", "metrics.csv", "--metrics-from", "none.csv"];
    const command = program(cwd, csv, { before });
    const { stdout, exitCode } = await pitwall(
      ["run", ...words, "--target", "acc>=0.94", "--", ...command],
      { cwd },
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain("no metrics file was written at `none.csv`");
    expect(stdout).toContain("no metrics file has a value named `acc`");
    expect(stdout).toContain("longer names end with it: `val_acc`");
  });

  test("refuses a named pipe without waiting for a writer", async () => {
    const cwd = temporaryFolder();
    execFileSync("/bin/sh", ["-c", 'mkfifo "$0"', join(cwd, "metrics.csv")]);
    const options = ["--metrics-from", "metrics.csv", "--target", "acc>=0.94"];
    const { result } = await run(cwd, options, program(cwd, ""));
    expect(result.findings).toEqual([
      {
        rule: "metrics-file-unreadable",
        path: "metrics.csv",
        reason: "it is a named pipe, not a regular file",
      },
    ]);
  });

  test("is given in a workload file, with the seed in the path", async () => {
    const cwd = temporaryFolder();
    const write =
      'appendFileSync(`seed-${process.env.PITWALL_SEED}.jsonl`, JSON.stringify({ step, acc: accuracy }) + "\\n");';
    const command = program(cwd, write);
    const workload = { command, metricsFrom: "seed-{seed}.jsonl", target: "acc>=0.94", seed: 7 };
    writeFileSync(join(cwd, "work.json"), JSON.stringify(workload));
    const { exitCode } = await pitwall(["run", "work.json"], { cwd });
    expect(exitCode).toBe(0);
  });

  test.each([
    {
      words: ["--metrics-from", "a.csv", "--", "true"],
      code: "target-missing",
    },
    {
      words: ["--metrics-from", "", "--target", "acc>=1", "--", "true"],
      code: "metrics-from-invalid",
    },
    {
      words: ["--metrics-from", "http://localhost:5000", "--target", "acc>=1", "--", "true"],
      code: "metrics-from-invalid",
    },
    { words: ["--metrics-from", "a.csv", "digits"], code: "option-unused" },
  ])("is refused with $code", async ({ words, code }) => {
    const { exitCode, stdout } = await pitwall(["run", "--json", ...words], {
      cwd: temporaryFolder(),
    });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe(code);
  });
});

const mlflow = `
import os, sys, time
os.environ.update(MLFLOW_TRACKING_URI=sys.argv[1], MLFLOW_ALLOW_FILE_STORE="true", GIT_PYTHON_REFRESH="quiet")
import mlflow
mlflow.set_experiment("cifar")
with mlflow.start_run():
    for step, value in enumerate([0.5, 0.7, 0.95, 0.96]):
        time.sleep(0.1)
        mlflow.log_metrics({"val/loss": 1 - value, "samples": 100 * (step + 1)}, step=step)
        mlflow.log_metric("val/acc", value, step=step)
`;

const writers = [
  { module: "mlflow", from: "mlflow.db", script: mlflow, words: ["sqlite:///mlflow.db"] },
  { module: "mlflow.store", from: "mlruns", script: mlflow, words: ["./mlruns"] },
  {
    module: "tensorboardX",
    from: "runs",
    script: `
from tensorboardX import SummaryWriter
import time
writer = SummaryWriter("runs/first")
for step, value in enumerate([0.5, 0.7, 0.95, 0.96]):
    time.sleep(0.1)
    writer.add_scalar("val/acc", value, step)
writer.close()
`,
  },
  {
    module: "wandb",
    from: "wandb",
    script: `
import os, time
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true")
import wandb
run = wandb.init(project="test")
for value in [0.5, 0.7, 0.95, 0.96]:
    time.sleep(0.1)
    run.log({"val/acc": value})
run.finish()
`,
  },
];

describe("pitwall run --metrics-from, of a real writer", () => {
  describe.each(writers)("$module", ({ module, from, script, words = [] }) => {
    test.runIf(hasModules([module]))("is read with the times that it writes", async () => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, "train.py"), script);
      const options = ["--metrics-from", from, "--target", "val/acc>=0.94"];
      const { exitCode, result } = await run(cwd, options, [formatsPython, "train.py", ...words]);
      expect(valuesOf(result)).toEqual(accuracies.map((value) => expect.closeTo(value, 6)));
      expect(result.findings).toEqual([]);
      expect(exitCode).toBe(0);
      const log = readFileSync(join(cwd, "home", "runs", result.runId, "log.txt"), "utf8");
      expect(log).toContain('"time_from": "file"');
      expect(await verdictDifferences(cwd)).toEqual([]);
    });
  });
});

describe("pitwall run --metrics-from, of MLflow", () => {
  const hasMlflow = hasModules(["mlflow"]);

  /** Runs a program that logs to a store that already has a finished run. */
  async function runInUsedStore(store: string, after: string) {
    const cwd = temporaryFolder();
    const uri = store.endsWith(".db") ? `sqlite:///${store}` : store;
    const python = { cwd, env: { ...process.env, MLFLOW_ALLOW_FILE_STORE: "true" } };
    writeFileSync(join(cwd, "earlier.py"), mlflow);
    execFileSync(formatsPython, ["earlier.py", uri], { ...python, stdio: "ignore" });
    const head = mlflow.slice(0, mlflow.indexOf("with"));
    writeFileSync(join(cwd, "train.py"), `${head}${after}`);
    const options = ["--metrics-from", uri, "--target", "val/acc>=0.94", "--samples", "samples"];
    return run(cwd, options, [formatsPython, "train.py", uri]);
  }

  describe.each(["mlflow.db", "mlruns"])("%s", (store) => {
    test.runIf(hasMlflow)("counts only the run that begins after the launch", async () => {
      const { result } = await runInUsedStore(
        store,
        `
with mlflow.start_run():
    for step, value in enumerate([0.1, 0.95]):
        mlflow.log_metric("samples", 50 * (step + 1), step=step)
        mlflow.log_metric("val/acc", value, step=step)
        time.sleep(0.3)
`,
      );
      expect(valuesOf(result)).toEqual([0.1, 0.95]);
      expect(result.outcome).toMatchObject({ kind: "reached", quality: 0.95, samplesCount: 100 });
      expect(result.findings).toEqual([]);
    });

    test.runIf(hasMlflow)("reports a run that is opened again, without using it", async () => {
      const { result } = await runInUsedStore(
        store,
        `
earlier = mlflow.search_runs(output_format="list")[0].info.run_id
with mlflow.start_run(run_id=earlier):
    mlflow.log_metric("val/acc", 0.99, step=9)
`,
      );
      expect(valuesOf(result)).toEqual([]);
      expect(result.findings).toEqual([
        { rule: "mlflow-run-older", path: expect.stringMatching(/^mlflow\.db:\w+$|^mlruns\//u) },
      ]);
    });
  });

  test.runIf(hasMlflow)("stops the program at the target", async () => {
    const cwd = temporaryFolder();
    const slow = `${mlflow}    time.sleep(60)\n`;
    writeFileSync(join(cwd, "train.py"), slow);
    const options = [
      "--metrics-from",
      "mlflow.db",
      "--target",
      "val/acc>=0.94",
      "--stop-at-target",
    ];
    const command = [formatsPython, "train.py", "sqlite:///mlflow.db"];
    const { result } = await run(cwd, options, command);
    expect(result.outcome).toMatchObject({ kind: "reached", quality: 0.95 });
  });
});
