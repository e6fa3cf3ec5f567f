// The entry file of each replica's worker thread. It has no exports.
import { parentPort, workerData } from "node:worker_threads";

import { GroupAborted, joinGroup } from "../../trainer/communicator.ts";
import { embeddedWorkload } from "../../trainer/embedded-workloads.ts";
import { buildReplica, parameterCountOf } from "../../trainer/replica.ts";
import { startTensorBackend } from "../../trainer/tensor-backend.ts";
import { trainReplica } from "../../trainer/train-replica.ts";
import type { ReplicaMessage, ReplicaOrder, ReplicaTask } from "./train-here-threads.ts";

const port = parentPort;
if (port === null) throw new Error("this file runs in a worker thread only");
const nowMs = (): number => performance.now();
const say = (message: ReplicaMessage): void => port.postMessage(message);

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- train-here-threads.ts alone starts this file
const task = workerData as ReplicaTask;
const workload = embeddedWorkload(task.workload);
if (workload === undefined) throw new Error(`no embedded workload ${task.workload}`);

await startTensorBackend();
const prepared = workload.prepare(task.files, task.seed);
// Listen before posting: the answer may arrive immediately.
const order = new Promise<ReplicaOrder>((resolve) => port.once("message", resolve));
say({
  kind: "prepared",
  parameterCount: parameterCountOf(prepared.parameters),
  trainingSampleCount: prepared.trainingSampleCount,
  evaluationSampleCount: prepared.evaluationSampleCount,
});
const { memory } = await order;
const communicator = joinGroup(memory, task.rank);
try {
  const replica = buildReplica(workload, prepared, { seed: task.seed, communicator });
  say({ kind: "ready" });
  const { seed, maxSamples } = task;
  const events = trainReplica(replica, { workload, communicator, seed, maxSamples, nowMs });
  for (const event of events) say({ kind: "event", event });
} catch (error) {
  if (!(error instanceof GroupAborted)) throw error;
  say({ kind: "gave-up", reason: error.message });
}
