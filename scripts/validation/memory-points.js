// Predicted over measured memory of the layouts in data/planner/memory-measurements.jsonl, which are whole: nothing is
// chosen so that it fits.
import { readFileSync } from "node:fs";
import { transformerShape } from "../../build/schema/plan/model-shape.js";
import { trainingLayout } from "../../build/schema/plan/training-layout.js";
import { memoryOfLayout, sumOfParts } from "../../build/planner/memory/memory-of-layout.js";

const file = new URL("../../data/planner/memory-measurements.jsonl", import.meta.url);

/** What PyTorch's allocator does not count, bytes: the context of CUDA and the buffers of NCCL. */
const deviceBytes = 1.2 * 2 ** 30;

const kinds = {
  allocated: "allocated",
  reserved: "reserved by the allocator",
  layers: "activations of the layers",
  "mean-states": "weights, gradients and optimizer",
};

export function memoryPoints() {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ name, model, hardware, layout, measured: { kind, bytes } }) => {
      const whole = [transformerShape.parse(model), trainingLayout.parse(layout), hardware];
      const ratio = predictedBytes(memoryOfLayout(...whole), kind) / bytes;
      return { table: name.split(" ")[0], kind: kinds[kind], ratio };
    });
}

function predictedBytes(parts, kind) {
  if (kind === "layers") return parts.activations;
  if (kind === "mean-states") return parts.weights + parts.gradients + parts.optimizer;
  return sumOfParts(parts) - (kind === "allocated" ? parts.reserve : deviceBytes);
}
