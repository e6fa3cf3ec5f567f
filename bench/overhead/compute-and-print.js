// A program that only computes, a fixed amount of work, and prints a line after each part of it. Writes its wall and
// CPU time, in ms, to the file named by BENCH_REPORT.
//
//   node compute-and-print.js <lines> <iterations for each line>
import { writeFileSync, writeSync } from "node:fs";

const [lineCount, iterations] = process.argv.slice(2).map(Number);
const startMs = performance.now();
let state = 1;
for (let line = 0; line < lineCount; line++) {
  for (let index = 0; index < iterations; index++) state = (state * 48_271) % 2_147_483_647;
  writeSync(
    1,
    `step ${line} loss=${(state / 2_147_483_647).toFixed(6)} lr=0.001 samples=${line}\n`,
  );
}
writeSync(1, "val_acc=0.95\n");
const { user, system } = process.cpuUsage();
const own = { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
if (process.env.BENCH_REPORT) writeFileSync(process.env.BENCH_REPORT, JSON.stringify(own));
