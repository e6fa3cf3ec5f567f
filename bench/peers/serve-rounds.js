// Shared code of the JavaScript peers: reads the folder that bench/trainer.js
// writes, and trains in rounds on requests from standard input, one JSON object per line.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { parameterShapes, product } from "./workloads.js";

/** The workload, its initial weights and its batches, from the folder that was written for it. */
export function readWorkload(folder) {
  const workload = JSON.parse(readFileSync(join(folder, "spec.json"), "utf8"));
  const bytes = readFileSync(join(folder, "arrays.bin"));
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  let offset = 0;
  const take = (count) => values.slice(offset, (offset += count));
  const parameters = parameterShapes(workload).map((shape) => ({
    shape,
    values: take(product(shape)),
  }));
  const { batchSize, batchCount } = workload;
  const inputSize = batchSize * product(workload.inputShape);
  const inputs = Array.from({ length: batchCount }, () => take(inputSize));
  const labels = Array.from({ length: batchCount }, () => Int32Array.from(take(batchSize)));
  const batches = inputs.map((batch, index) => ({ inputs: batch, labels: labels[index] }));
  return { workload, parameters, batches };
}

/**
 * Responds to `{"round": seconds}` with the samples trained and the CPU-seconds of this whole
 * process (all its threads), and `{"losses": count}` with the losses of the next steps.
 *
 * @param trainer `step(index)` trains on batch `index` and returns a function that reads the
 *   loss; `description` says what it is. Steps are complete when `step` returns or, if it
 *   returns a promise, when that is resolved.
 */
export async function serveRounds({ workload, trainer }) {
  let stepIndex = 0;
  const step = () => trainer.step(stepIndex++ % workload.batchCount);
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  say({ ready: trainer.description });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.losses !== undefined) {
      const losses = [];
      for (let count = 0; count < request.losses; count++) {
        const readLoss = await step();
        losses.push(await readLoss());
      }
      say({ losses });
      continue;
    }
    say(await trainRound(step, request.round, workload.batchSize));
  }
}

async function trainRound(step, cpuSecondsAsked, batchSize) {
  const wallStart = performance.now();
  const cpuStart = process.cpuUsage();
  let steps = 0;
  let cpuSeconds = 0;
  let readLoss;
  while (cpuSeconds < cpuSecondsAsked) {
    readLoss = await step();
    steps += 1;
    const used = process.cpuUsage(cpuStart);
    cpuSeconds = (used.user + used.system) / 1e6;
  }
  const wallSeconds = (performance.now() - wallStart) / 1000;
  return { samples: steps * batchSize, cpuSeconds, wallSeconds, loss: await readLoss() };
}
