// A program that prints an evaluation on each line, evenly over the given seconds, as fast as it can for 0 seconds.
//
//   node print-evaluations.js <evaluations> <seconds>
import { writeSync } from "node:fs";

const [count, seconds] = process.argv.slice(2).map(Number);
const chunkCount = Math.min(count, 200);
const startMs = performance.now();

for (let chunk = 0; chunk < chunkCount; chunk++) {
  let text = "";
  const end = Math.round(((chunk + 1) * count) / chunkCount);
  for (let step = Math.round((chunk * count) / chunkCount); step < end; step++) {
    const value = 0.9 * (1 - 1 / (1 + (4 * step) / count));
    text += `step ${step} val_acc=${value.toFixed(6)} loss=${(2 - value).toFixed(4)}\n`;
  }
  // Busy until the chunk is due, as a program that computes.
  while (performance.now() - startMs < (seconds * 1000 * chunk) / chunkCount);
  writeAll(Buffer.from(text));
}

function writeAll(bytes) {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      // A reader may have made the shared pipe non-blocking.
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
