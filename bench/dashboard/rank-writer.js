// A simulated training: writes the telemetry of many ranks into the record of the run that started it.
//
//   pitwall run … -- node bench/dashboard/rank-writer.js <ranks> <seconds> [<backlog>]
//
// Writes <backlog> samples per rank at once, one second apart, with past times; then one sample of
// each rank per second, and a line with a quality.
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const [ranks = 4096, seconds = 30, backlog = 0] = process.argv.slice(2).map(Number);
const samples = join(process.env.PITWALL_RUN_DIR, "samples");
mkdirSync(samples, { recursive: true });

const bornMs = Date.now();
let step = 0;

/** Every hundredth rank is slow, and all ranks wait for data 10 % of the time. */
function sample(rank, step, timeMs) {
  const slow = rank % 100 === 7 ? 1.4 : 1;
  const isStarved = step % 50 < 5;
  return JSON.stringify({
    kind: "step",
    timeMs,
    rank,
    step: step * 10,
    samplesCount: (step + 1) * ranks * 32,
    stepCount: 10,
    computeMs: 700 * slow + ((rank * 31 + step * 17) % 40),
    communicationMs: 120 + ((rank * 7 + step * 3) % 30),
    dataWaitMs: isStarved ? 140 : 12 + ((rank + step) % 9),
    loss: 3 / Math.sqrt(step + 1),
  });
}

console.log("samples=0 val_acc=0.1");
if (backlog > 0) {
  for (let rank = 0; rank < ranks; rank++) {
    const lines = Array.from({ length: backlog }, (_, back) =>
      sample(rank, back, bornMs - (backlog - back) * 1000),
    );
    appendFileSync(join(samples, `rank-${rank}.jsonl`), `${lines.join("\n")}\n`);
  }
  step = backlog;
}
for (let second = 0; second < seconds; second++) {
  const timeMs = Date.now();
  for (let rank = 0; rank < ranks; rank++) {
    appendFileSync(join(samples, `rank-${rank}.jsonl`), `${sample(rank, step, timeMs)}\n`);
  }
  step++;
  console.log(`samples=${step * ranks * 32} val_acc=${(0.9 - 0.8 / Math.sqrt(step)).toFixed(4)}`);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - (Date.now() - timeMs))));
}
