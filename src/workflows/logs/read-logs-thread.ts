import { parentPort, workerData } from "node:worker_threads";
import { readLog } from "./read-log.ts";
import type { IndexedReading, ThreadOrder, ThreadStart } from "./read-logs.ts";
import { RuleCache } from "./rule-cache.ts";

// A worker thread of `pitwall check` and `pitwall score`: batches of logs in, readings out, until the port is closed.

const port = parentPort;
if (port !== null) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only read-logs.ts starts this file, with this data
  const { editions } = workerData as ThreadStart;
  const rules = new RuleCache(editions);
  port.on("message", (order: ThreadOrder) => {
    void answer(order, rules).then((readings) => port.postMessage(readings));
  });
}

async function answer({ batch }: ThreadOrder, rules: RuleCache): Promise<IndexedReading[]> {
  const readings: IndexedReading[] = [];
  for (const { index, task } of batch) {
    readings.push({ index, reading: await readLog(task, rules) });
  }
  return readings;
}
