import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AdamOptions } from "../../src/trainer/adam.ts";
import type { HostArray, TensorSpecs } from "../../src/trainer/tensor-backend.ts";

const python = process.env["PITWALL_TORCH_PYTHON"] ?? "python3";

/** Whether the Python of PITWALL_TORCH_PYTHON, else `python3`, can import PyTorch. */
export const hasTorch = spawnSync(python, ["-c", "import torch"]).status === 0;

/** Loss before a step, its gradients, and the parameters after it. */
export interface StepRecord {
  readonly loss: number;
  readonly gradients: Float32Array;
  readonly parameters: Float32Array;
}

/** The same first parameters, batches and optimizer, for us and for PyTorch. */
export interface StepTask {
  readonly workload: string;
  readonly parameterSpecs: TensorSpecs;
  readonly inputSpecs: TensorSpecs;
  readonly batchSize: number;
  readonly optimizer: AdamOptions;
  readonly firstParameters: Float32Array;
  /** One per step; every input has the batch dimension in front. */
  readonly batches: readonly Readonly<Record<string, HostArray>>[];
}

/** Does the task in PyTorch, in a process of its own. */
export function trainInTorch(task: StepTask): StepRecord[] {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-torch-"));
  try {
    writeFileSync(join(folder, "task.json"), JSON.stringify(taskDocument(task)));
    writeFileSync(join(folder, "task.bin"), taskNumbers(task));
    const script = fileURLToPath(new URL("train_steps.py", import.meta.url));
    execFileSync(python, ["-B", script, folder], { stdio: ["ignore", "ignore", "pipe"] });
    return readAnswer(task, new Uint8Array(readFileSync(join(folder, "answer.bin"))).buffer);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function taskDocument({ workload, parameterSpecs, inputSpecs, ...task }: StepTask): unknown {
  const { beta1, beta2, epsilon, weightDecay, learningRate } = task.optimizer;
  return {
    workload,
    parameters: Object.fromEntries(
      Object.entries(parameterSpecs).map(([name, { shape }]) => [name, shape]),
    ),
    inputs: inputSpecs,
    batchSize: task.batchSize,
    learningRates: task.batches.map((_, step) => learningRate(step * task.batchSize)),
    beta1,
    beta2,
    epsilon,
    weightDecay,
  };
}

function taskNumbers({ firstParameters, inputSpecs, batches }: StepTask): Uint8Array {
  const arrays = batches.flatMap((batch) =>
    Object.keys(inputSpecs).map((name) => Float32Array.from(batch[name] ?? [])),
  );
  return Buffer.concat(
    [firstParameters, ...arrays].map((one) => new Uint8Array(one.slice().buffer)),
  );
}

function readAnswer({ batches, firstParameters }: StepTask, bytes: ArrayBuffer): StepRecord[] {
  const count = firstParameters.length;
  const values = new Float32Array(bytes);
  const stride = 1 + 2 * count;
  if (values.length !== batches.length * stride) throw new Error("PyTorch answered another task");
  return batches.map((_, step) => {
    const [loss = Number.NaN, ...rest] = values.subarray(step * stride, (step + 1) * stride);
    return {
      loss,
      gradients: Float32Array.from(rest.slice(0, count)),
      parameters: Float32Array.from(rest.slice(count)),
    };
  });
}
