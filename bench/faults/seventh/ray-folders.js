// What Ray prints of its actors and disks.
import { labelled, lines, ranksOf, traceback } from "../fourth/folder-texts.js";

const raySteps = (pid, from, to) =>
  ranksOf(to - from).map(
    (index) =>
      `(RayTrainWorker pid=${pid}, ip=10.7.34.1) step ${from + index} loss ${(2.9 - 0.01 * index).toFixed(4)}`,
  );
const rayWorkers = [
  "(TorchTrainer pid=78011) Started distributed worker processes: ",
  ...ranksOf(4).map(
    (rank) =>
      `(TorchTrainer pid=78011) - (node_id=9287903437a2cae5bac8, ip=10.7.34.${1 + Math.floor(rank / 2)}, pid=${79_310 + 16 * rank}) world_rank=${rank}, local_rank=${rank % 2}, node_rank=${Math.floor(rank / 2)}`,
  ),
];

export const rayFolders = [
  [
    // ray-project/ray: a worker dies without words
    "Ray Train, a worker that dies",
    "killed 1",
    {
      "ray.log": lines(
        rayWorkers,
        raySteps(79_310, 1, 20),
        "(raylet, ip=10.7.34.1) A worker died or was killed while executing a task by an unexpected system error. To troubleshoot the problem, check the logs for the dead worker. RayTask ID: ffffffffffffffff5c4f8fe95fa608ec Worker ID: dea6505859cd12046772c48e3964b3de Node ID: 9287903437a2cae5bac8 Worker IP address: 10.7.34.1 Worker port: 42079 Worker PID: 79326 Worker exit type: SYSTEM_ERROR Worker exit detail: Worker unexpectedly exits with a connection error code 2. End of file. There are some potential root causes. (1) The process is killed by SIGKILL by OOM killer due to high memory usage. (2) ray stop --force is called. (3) The worker is crashed unexpectedly due to SIGSEGV or other unexpected errors.",
        traceback(
          [
            "ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.",
            "\tclass_name: RayTrainWorker",
            "\tactor_id: c221047dc0a4e2b3ea0bbcc501000000",
            "\tpid: 79326",
            "\tip: 10.7.34.1",
          ],
          { call: "ray.get(refs)" },
        ),
      ),
    },
  ],
  [
    // ray-project/ray#63807
    "Ray Train, the node of a worker is preempted",
    "preemption",
    {
      "controller.log": lines(
        labelled("(TrainController pid=79312) ", [
          "The actor died unexpectedly before finishing this task.",
          "\tclass_name: RayTrainWorker",
          "\tpid: 79326",
          "\tip: 10.7.34.2",
          "The actor died because its node has died. Node Id: b157c93de9603b1458ae4bd22668b46a4f0ae249",
          "\tthe actor's node was preempted: spot instance is reclaimed",
          "Graceful shutdown of backend failed. This is expected if one of the workers has crashed.",
        ]),
      ),
    },
  ],
  [
    // alibaba/ROLL#193
    "Ray, NaN in an actor of Megatron",
    "not-a-number 1",
    {
      "roll.log": lines(
        ranksOf(20).map(
          (step) =>
            `(ActorWorker(actor_train-0) pid=18174, ip=33.199.184.82) step ${step} actor/loss ${(0.4 - step * 0.01).toFixed(3)}`,
        ),
        labelled("(ActorWorker(actor_train-1) pid=18175, ip=33.199.184.82) ", [
          "[2026-11-30 11:16:52] [decorator.py (306)] [ERROR] [actor_train-1 1 / 8][PID 18175] Traceback (most recent call last):",
          '  File "/opt/roll/distributed/scheduler/decorator.py", line 295, in inner',
          "    result = func(*args, **kwargs)",
          "RuntimeError: Unexpected result nan (message='found NaN in local forward loss calculation')",
        ]),
      ),
    },
  ],
  [
    "a disk that is full of Ray's objects",
    "disk-full",
    {
      "driver.log": lines(
        raySteps(79_310, 1, 20),
        "(raylet) [2026-11-30 08:11:20,017 E 6104 6131] file_system_monitor.cc:116: /tmp/ray/session_2026-11-30 is over 95% full, available space: 1.23 GB; capacity: 98.30 GB. Object creation will fail if spilling is required.",
        traceback([
          "ray.exceptions.OutOfDiskError: Local disk is full",
          "The object cannot be created because the local object store is full and the local disk's utilization is over capacity (95% by default).Tip: Use `df` on this node to check disk usage and `ray memory` to check object store memory usage.",
        ]),
      ),
    },
  ],
];
