import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const python = process.env["PITWALL_TORCH_PYTHON"] ?? "python3";

interface FrameworkProgram {
  framework: string;
  program: string;
  /** Packages that it imports. */
  packages: readonly string[];
  metric: string;
  /** A value that it meets after some evaluations. */
  target: number;
  /** Digits after the point that the framework prints. */
  digits: number;
  /** Whether the framework prints before it calls the callback that notes the measurement. */
  printsFirst?: true;
}

const programs: readonly FrameworkProgram[] = [
  {
    framework: "Hugging Face Trainer",
    program: "train_transformers.py",
    packages: ["torch", "transformers", "accelerate"],
    metric: "eval_accuracy",
    target: 0.94,
    digits: 4,
  },
  {
    framework: "Lightning",
    program: "train_lightning.py",
    packages: ["torch", "lightning"],
    metric: "val_acc",
    target: 0.97,
    digits: 3,
  },
  {
    framework: "Keras on JAX",
    program: "train_keras.py",
    packages: ["keras", "jax"],
    metric: "val_accuracy",
    target: 0.95,
    digits: 4,
  },
  {
    framework: "LightGBM",
    program: "train_lightgbm.py",
    packages: ["lightgbm"],
    metric: "valid_0's auc",
    target: 0.99,
    digits: 6,
  },
  {
    framework: "XGBoost",
    program: "train_xgboost.py",
    packages: ["xgboost"],
    metric: "valid-auc",
    target: 0.9965,
    digits: 5,
  },
  {
    framework: "CatBoost",
    program: "train_catboost.py",
    packages: ["catboost"],
    metric: "test",
    target: 0.99,
    digits: 7,
    printsFirst: true,
  },
  {
    framework: "scikit-learn",
    program: "train_sklearn.py",
    packages: ["sklearn"],
    metric: "accuracy",
    target: 0.815,
    digits: 2,
  },
  {
    framework: "PyTorch's MNIST example",
    program: "train_mnist.py",
    packages: ["torch"],
    metric: "Accuracy",
    target: 0.96,
    digits: 10,
  },
  {
    framework: "tqdm",
    program: "train_tqdm.py",
    packages: ["torch", "tqdm"],
    metric: "val_acc",
    target: 0.965,
    digits: 4,
  },
];

/** Packages that the Python lacks; all if there is no Python. */
const missingPackages = missingOf([...new Set(programs.flatMap(({ packages }) => packages))]);

function missingOf(packages: readonly string[]): string[] {
  const script =
    "import importlib.util, sys; print(*(p for p in sys.argv[1:] if importlib.util.find_spec(p) is None))";
  const { status, stdout } = spawnSync(python, ["-c", script, ...packages], { encoding: "utf8" });
  return status === 0 ? stdout.split(/\s+/u).filter((name) => name !== "") : [...packages];
}

interface Measurement {
  timeMs: number;
  value: number;
}

/** The record of a program's run, and what the program itself measured. */
async function ran({ program, metric, target }: FrameworkProgram) {
  const cwd = temporaryFolder();
  const truthFile = join(cwd, "truth.jsonl");
  const script = fileURLToPath(new URL(`programs/${program}`, import.meta.url));
  const words = ["run", "--target", `${metric}>=${target}`, "--json"];
  const { stdout, stderr } = await pitwall([...words, "--", python, "-B", script], {
    cwd,
    env: { TRUTH_FILE: truthFile },
  });
  expect(stdout, stderr).not.toBe("");
  const truth = readFileSync(truthFile, "utf8")
    .trim()
    .split("\n")
    .map((line): Measurement => JSON.parse(line));
  return { run: JSON.parse(stdout).result.runs[0], truth };
}

/** Both clocks are the host's; one is read in whole milliseconds. */
const clockErrorMs = 2;
const printedBeforeMs = 2000;
/** Longest time between a measurement and its reading, on a busy machine. */
const latestMs = 20_000;

describe("pitwall run, of a real program of", () => {
  for (const program of programs) {
    const missing = program.packages.filter((name) => missingPackages.includes(name));
    const reason = missing.length === 0 ? "" : ` (skipped: ${python} has no ${missing.join(", ")})`;
    test.skipIf(missing.length > 0)(
      `${program.framework} stops the clock at the evaluation that meets the target${reason}`,
      async () => {
        const { run, truth } = await ran(program);
        const { digits, target } = program;
        const first = truth.findIndex(({ value }) => Number(value.toFixed(digits)) >= target);
        const { value = NaN, timeMs: measuredMs = NaN } = truth[first] ?? {};
        expect(run.outcome).toMatchObject({ kind: "reached" });
        const roundingError = 0.5 * 10 ** -digits + 1e-9;
        expect(Math.abs(run.outcome.quality - value)).toBeLessThanOrEqual(roundingError);
        expect(run.evaluations.length).toBeGreaterThan(first);
        const reachedMs = run.clock.launchedMs + run.outcome.timeToTrainMs;
        const earliestMs = program.printsFirst === true ? printedBeforeMs : clockErrorMs;
        expect(reachedMs).toBeGreaterThan(measuredMs - earliestMs);
        expect(reachedMs).toBeLessThan(measuredMs + latestMs);
      },
    );
  }
});
