// A program that prints many lines: the given MB (10^6 bytes), as fast as its reader accepts them or at
// a rate in MB/s, then the metric. Writes its rate and its longest blocked write to the file that
// BENCH_REPORT names.
//
//   node write-bytes.js <MB> [<MB per second>]
import { writeFileSync, writeSync } from "node:fs";

const [megabytes, rate] = process.argv.slice(2).map(Number);
const line = `${"step 000000 loss=0.693147 grad_norm=1.000000 lr=0.001000 tokens=000000000 ".padEnd(99, ".")}\n`;
const chunk = Buffer.from(line.repeat(1000));
const chunkCount = Math.round((megabytes * 1e6) / chunk.length);
const startMs = performance.now();
let longestWriteMs = 0;

for (let index = 0; index < chunkCount; index++) {
  if (rate) waitUntil(startMs + ((index * chunk.length) / (rate * 1e6)) * 1000);
  const beforeMs = performance.now();
  writeAll(chunk);
  longestWriteMs = Math.max(longestWriteMs, performance.now() - beforeMs);
}
const wallMs = performance.now() - startMs;
writeAll(Buffer.from("val_acc=0.95\n"));
if (process.env.BENCH_REPORT) {
  const megabytesPerSecond = (chunkCount * chunk.length) / 1e6 / (wallMs / 1000);
  writeFileSync(process.env.BENCH_REPORT, JSON.stringify({ megabytesPerSecond, longestWriteMs }));
}

function writeAll(bytes) {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      // A reader may have made the shared pipe non-blocking.
      if (error.code !== "EAGAIN") throw error;
      sleep(1);
    }
  }
}

function waitUntil(dueMs) {
  const restMs = dueMs - performance.now();
  if (restMs > 0) sleep(restMs);
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
