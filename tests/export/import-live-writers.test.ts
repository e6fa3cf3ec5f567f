import { expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { hasModules, pythonJson } from "./format-tools.ts";

// Each script logs val/acc 0.5, 0.6, … at steps 0, 1, … with the real writer into the folder of its first argument.
const writers = [
  {
    name: "tensorboardX",
    modules: ["tensorboardX"],
    script: `
import sys, json
from tensorboardX import SummaryWriter
writer = SummaryWriter(sys.argv[1] + "/logs")
for step in range(6):
    writer.add_scalar("val/acc", 0.5 + 0.1 * step, step)
writer.close()
print(json.dumps("logs"))`,
  },
  {
    name: "offline W&B",
    modules: ["wandb"],
    script: `
import os, sys, json
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true")
import wandb
run = wandb.init(project="p", name="named", dir=sys.argv[1])
for step in range(6):
    run.log({"val/acc": 0.5 + 0.1 * step})
run.finish()
print(json.dumps("wandb"))`,
  },
  {
    name: "MLflow's database",
    modules: ["mlflow"],
    script: `
import sys, json, logging
import mlflow
logging.disable(logging.CRITICAL)
mlflow.set_tracking_uri("sqlite:///" + sys.argv[1] + "/mlflow.db")
with mlflow.start_run(run_name="named"):
    for step in range(6):
        mlflow.log_metric("val/acc", 0.5 + 0.1 * step, step=step)
print(json.dumps("mlflow.db"))`,
  },
  {
    name: "MLflow's folder",
    modules: ["mlflow"],
    script: `
import os, sys, json, logging
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow
logging.disable(logging.CRITICAL)
mlflow.set_tracking_uri("file://" + sys.argv[1] + "/mlruns")
with mlflow.start_run(run_name="named"):
    for step in range(6):
        mlflow.log_metric("val/acc", 0.5 + 0.1 * step, step=step)
print(json.dumps("mlruns"))`,
  },
] as const;

for (const { name, modules, script } of writers) {
  test.runIf(hasModules(modules))(
    `imports what ${name} has just written`,
    async () => {
      const cwd = temporaryFolder();
      const source = String(await pythonJson(script, [cwd]));
      const words = ["import", source, "--target", "val/acc>=0.89", "--json"];
      const { stdout, exitCode } = await pitwall(words, { cwd });
      const { result } = JSON.parse(stdout);
      expect(exitCode).toBe(0);
      expect(result.series[0].runs[0]).toMatchObject({
        outcome: { kind: "reached", quality: expect.closeTo(0.9, 6) },
        origin: { times: { source: "time-stamps", reliability: "logged" } },
      });
      const verified = await pitwall(["verify", "last"], { cwd });
      expect(verified.exitCode).toBe(0);
    },
    120_000,
  );
}

/** Each script trains with two seeds, and once more with another learning rate. */
const seeded = [
  {
    name: "offline W&B",
    modules: ["wandb"],
    script: `
import os, sys, json
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true")
import wandb
for seed, lr in [(3, 0.1), (4, 0.1), (3, 0.2)]:
    run = wandb.init(project="p", dir=sys.argv[1], config={"seed": seed, "optimizer": {"lr": lr, "name": "sgd"}})
    run.config.update({"batch_size": 128})
    for step in range(6):
        run.log({"val/acc": 0.5 + 0.1 * step})
    run.finish()
print(json.dumps("wandb"))`,
    settings: { "optimizer.lr": "0.1", "optimizer.name": "sgd", batch_size: "128", seed: "3" },
  },
  {
    name: "MLflow's database",
    modules: ["mlflow"],
    script: `
import sys, json, logging
import mlflow
logging.disable(logging.CRITICAL)
mlflow.set_tracking_uri("sqlite:///" + sys.argv[1] + "/mlflow.db")
for seed, lr in [(3, 0.1), (4, 0.1), (3, 0.2)]:
    with mlflow.start_run():
        mlflow.log_params({"seed": seed, "lr": lr})
        for step in range(6):
            mlflow.log_metric("val/acc", 0.5 + 0.1 * step, step=step)
print(json.dumps("mlflow.db"))`,
    settings: { lr: "0.1", seed: "3" },
  },
  {
    name: "tensorboardX with add_hparams",
    modules: ["tensorboardX"],
    script: `
import sys, json
from tensorboardX import SummaryWriter
for index, (seed, lr) in enumerate([(3, 0.1), (4, 0.1), (3, 0.2)]):
    writer = SummaryWriter(sys.argv[1] + "/logs/run" + str(index))
    for step in range(6):
        writer.add_scalar("val/acc", 0.5 + 0.1 * step, step)
    writer.add_hparams({"seed": seed, "lr": lr, "optimizer": "sgd"}, {"hparam/acc": 1.0})
    writer.close()
print(json.dumps("logs"))`,
    settings: { lr: "0.1", seed: "3", optimizer: "sgd" },
  },
] as const;

for (const { name, modules, script, settings } of seeded) {
  test.runIf(hasModules(modules))(
    `makes a series of the seeds that ${name} stored, with the settings`,
    async () => {
      const cwd = temporaryFolder();
      const source = String(await pythonJson(script, [cwd]));
      const words = ["import", source, "--target", "val/acc>=0.89", "--json"];
      const { stdout } = await pitwall(words, { cwd });
      const { result } = JSON.parse(stdout);
      const series: {
        runs: { runId: string; seed: number; origin: { settings: unknown } }[];
      }[] = result.series;
      // Runs that began in the same second have no order.
      const [several, single] = series.toSorted((a, b) => b.runs.length - a.runs.length);
      const seedsOf = (one: typeof several): number[] | undefined =>
        one?.runs.map(({ seed }) => seed).toSorted((a, b) => a - b);
      expect([seedsOf(several), seedsOf(single)]).toEqual([[3, 4], [3]]);
      expect(several?.runs.map(({ origin }) => origin.settings)).toContainEqual(settings);
      const shown = await pitwall(["show", single?.runs[0]?.runId ?? ""], { cwd });
      expect(shown.stdout).toContain("lr=0.2");
    },
    120_000,
  );
}
