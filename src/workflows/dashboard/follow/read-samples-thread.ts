import { parentPort, workerData } from "node:worker_threads";
import { FollowedSamples } from "../../../store/samples/follow-samples.ts";
import type { SamplesThreadStart } from "./read-samples.ts";

// A worker thread of the dashboard's server: reads some sample files, transfers their columns, and exits.

const port = parentPort;
if (port !== null) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only read-samples.ts starts this file, with this type
  const { recordDirectory, names } = workerData as SamplesThreadStart;
  const samples = new FollowedSamples(recordDirectory, new Set(names));
  await samples.readOn("all");
  const part = samples.part();
  const buffers = part.steps.chunks.flatMap((chunk) =>
    Object.values(chunk).flatMap((column: number | ArrayBufferView<ArrayBuffer>) =>
      typeof column === "number" ? [] : [column.buffer],
    ),
  );
  port.postMessage(part, buffers);
}
