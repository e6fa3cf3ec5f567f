import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

async function importFolder(files: Readonly<Record<string, string>>, target: string) {
  const cwd = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, "logs", name)), { recursive: true });
    writeFileSync(join(cwd, "logs", name), content);
  }
  const { stdout } = await pitwall(["import", "logs", "--target", target, "--json"], { cwd });
  const series: { runs: { seed: number; origin: { settings?: Record<string, string> } }[] }[] =
    JSON.parse(stdout).result.series;
  return series.map(({ runs }) =>
    runs.map(({ seed, origin }) => ({ seed, settings: origin.settings })),
  );
}

test("makes a series of Lightning's versions whose hparams.yaml differ only in the seed", async () => {
  const csv = (acc: number): string => `epoch,step,val_acc\n0,99,0.5\n1,199,${acc}\n`;
  const hparams = (seed: number, lr: number): string =>
    `batch_size: 128\nlr: ${lr}\nmodel:\n  depth: 9\nseed: ${seed}\n`;
  const series = await importFolder(
    {
      "version_0/metrics.csv": csv(0.95),
      "version_0/hparams.yaml": hparams(1, 0.1),
      "version_1/metrics.csv": csv(0.96),
      "version_1/hparams.yaml": hparams(2, 0.1),
      "version_2/metrics.csv": csv(0.97),
      "version_2/hparams.yaml": hparams(2, 0.2),
    },
    "val_acc>=0.9",
  );
  expect(series.map((runs) => runs.map(({ seed }) => seed))).toEqual([[1, 2], [2]]);
  expect(series[0]?.[0]?.settings).toMatchObject({
    batch_size: "128",
    lr: "0.1",
    "model.depth": "9",
  });
});

test("reads the seed of a trainer state from the model card of its output folder", async () => {
  const state = (acc: number): string =>
    `{"global_step": 20, "num_train_epochs": 2, "train_batch_size": 8, "log_history": [{"eval_accuracy": ${acc}, "step": 20}, {"train_runtime": 9.0, "step": 20}]}`;
  const card = (seed: number): string =>
    `# model\n\nThe following hyperparameters were used during training:\n- learning_rate: 5e-05\n- seed: ${seed}\n- optimizer: Use adamw\n\n### Results\n- other: 1\n`;
  const series = await importFolder(
    {
      "a/checkpoint-20/trainer_state.json": state(0.91),
      "a/README.md": card(41),
      "b/trainer_state.json": state(0.92),
      "b/README.md": card(42),
    },
    "eval_accuracy>=0.9",
  );
  expect(series.map((runs) => runs.map(({ seed }) => seed))).toEqual([[41, 42]]);
  expect(series[0]?.[0]?.settings).toEqual({
    seed: "41",
    learning_rate: "5e-05",
    optimizer: "Use adamw",
    num_train_epochs: "2",
    train_batch_size: "8",
  });
});

test("makes a series of logs whose names differ only in their seed", async () => {
  const log = (seed: number, acc: number): string =>
    `seed=${seed}\nepoch 1 acc=0.5\nepoch 2 acc=${acc}\n`;
  const series = await importFolder(
    { "run-7.log": log(7, 0.91), "run-8.log": log(8, 0.92), "other.log": log(9, 0.93) },
    "acc>=0.9",
  );
  expect(series.map((runs) => runs.map(({ seed }) => seed))).toEqual([[9], [7, 8]]);
});
