// A simulated training program: prints the given lines per second for the given seconds, then
// the metric. Writes its own duration, in ms, to the file named by BENCH_REPORT.
//
//   node print-lines.js <lines per second> <seconds>
import { writeFileSync } from "node:fs";

const [linesPerSecond, seconds] = process.argv.slice(2).map(Number);
const lineCount = linesPerSecond * seconds;
const startMs = performance.now();
let printed = 0;

function printDue() {
  const due = Math.min(lineCount, ((performance.now() - startMs) * linesPerSecond) / 1000);
  let text = "";
  while (printed < due) {
    text += `step ${printed} loss=${(1 / (1 + printed)).toFixed(6)} lr=0.001000 samples=${printed * 128}\n`;
    printed += 1;
  }
  if (text !== "") process.stdout.write(text);
  if (printed < lineCount) setTimeout(printDue, 1);
  else process.stdout.write("val_acc=0.95\n", report);
}

function report() {
  const { user, system } = process.cpuUsage();
  const own = { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
  if (process.env.BENCH_REPORT) writeFileSync(process.env.BENCH_REPORT, JSON.stringify(own));
}

printDue();
