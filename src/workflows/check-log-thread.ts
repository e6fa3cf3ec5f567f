import { parentPort, workerData } from "node:worker_threads";
import { checkLogFile } from "./check-log-file.ts";
import type { ThreadAnswer, ThreadOrder, ThreadStart } from "./check-logs-threads.ts";
import { EditionShelf } from "./load-edition.ts";

// A worker thread of `pitwall check`: batches of logs in, verdicts out, until the port is closed.

const port = parentPort;
if (port !== null) {
  // Only check-logs-threads.ts starts this file.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
  const { asPublished } = workerData as ThreadStart;
  const shelf = new EditionShelf(asPublished);
  port.on("message", (order: ThreadOrder) => {
    void answer(order, shelf).then((message) => port.postMessage(message));
  });
}

async function answer({ batch }: ThreadOrder, shelf: EditionShelf): Promise<ThreadAnswer> {
  const judged = [];
  for (const { index, task } of batch) {
    judged.push({ index, log: await checkLogFile(task, shelf) });
  }
  return { judged };
}
