// False alarms of the silence watch in logs of trainings that went on: their lines arrive at the times that they state.
//   node bench/silence.js <folder with result_*.txt>...     needs `npm run build`
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SilenceWatch } from "../build/diagnose/silence/silence-watch.js";

const lookEveryMs = 1000;
const time = /"time_ms"\s*:\s*"?(\d{12,13})/u;
const totals = { logs: 0, watched: 0, hours: 0, quiet: 0, alarms: 0, logsWithAlarm: 0 };
const during = new Map();

for (const folder of process.argv.slice(2)) {
  for (const file of readdirSync(folder, { recursive: true }))
    if (/result_[^/]*\.txt$/u.test(file)) play(join(folder, file));
}
const { logs, watched, hours, alarms, logsWithAlarm } = totals;
console.log(
  `${logs} logs, ${hours.toFixed(0)} h; the period of steps became known in ${watched}; ${alarms} silences reported, in ${logsWithAlarm} logs`,
);
for (const [phase, count] of during) console.log(`  ${phase}: ${count}`);

function play(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  let watch;
  let nowMs;
  let startMs;
  let found = 0;
  for (const line of lines) {
    const stated = Number(time.exec(line)?.[1] ?? Number.NaN);
    if (Number.isFinite(stated)) {
      startMs ??= stated;
      watch ??= new SilenceWatch(stated);
      nowMs ??= stated;
      for (; nowMs + lookEveryMs < stated; nowMs += lookEveryMs) found += look(watch, nowMs, file);
      nowMs = Math.max(nowMs, stated);
    }
    if (nowMs !== undefined && line !== "") watch.output("log", nowMs, () => line);
    if (nowMs !== undefined) found += look(watch, nowMs, file);
  }
  totals.logs += 1;
  totals.hours += ((nowMs ?? 0) - (startMs ?? 0)) / 3_600_000;
  if (watch?.periodMs !== undefined) totals.watched += 1;
  totals.alarms += found;
  if (found > 0) totals.logsWithAlarm += 1;
}

function look(watch, nowMs, file) {
  // The logs do not tell how much of a processor was used: always some.
  const change = watch.update(nowMs, () => false);
  if (change?.phase !== "started") return 0;
  during.set(change.during, (during.get(change.during) ?? 0) + 1);
  if (process.env["VERBOSE"] !== undefined) console.log(file, JSON.stringify(change));
  return 1;
}
