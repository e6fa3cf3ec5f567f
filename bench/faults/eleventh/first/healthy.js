// First half: jobs that ended well, with lines that look bad.
import { lines, ranksOf } from "../../fourth/folder-texts.js";
import {
  flightDump,
  flightEntry,
  hfTrainer,
  keras,
  lightning,
  omp,
  perRank,
  pySpy,
  rayWorker,
  titan,
} from "../printed.js";

export const firstHealthy = [
  [
    "warnings of threads and of groups that are not destroyed",
    "",
    {
      "torchrun.log": lines(
        omp,
        "[rank0]:[W1201 10:00:12.204118 Utils.hpp:136] Warning: Environment variable NCCL_ASYNC_ERROR_HANDLING is deprecated; use TORCH_NCCL_ASYNC_ERROR_HANDLING instead (function operator())",
        "[rank0]:[W1201 10:00:12.304118 ProcessGroupNCCL.cpp:4115] [PG ID 0 PG GUID 0 Rank 0]  using GPU 0 to perform barrier as devices used by this process are currently unknown. This can potentially cause a hang if this rank to GPU mapping is incorrect.",
        titan(1, 90),
        "[titan] 2026-12-01 10:05:01,114 - root - INFO - Sleeping 2 seconds for other ranks to complete",
        "[titan] 2026-12-01 10:05:03,114 - root - INFO - Training completed",
        "[rank0]:[W1201 10:05:04.204118 ProcessGroupNCCL.cpp:1250] Warning: WARNING: process group has NOT been destroyed before we destruct ProcessGroupNCCL. On normal program exit, the application should call destroy_process_group to ensure that any pending NCCL operations have finished in this process.",
      ),
    },
  ],
  [
    "a kernel's log of an ordinary day",
    "",
    {
      "dmesg.txt": lines(
        "[    4.114204] nvidia: loading out-of-tree module taints kernel.",
        "[    4.114221] nvidia: module verification failed: signature and/or required key missing - tainting kernel",
        "[    5.204118] NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  570.86.15",
        "[   11.204118] EXT4-fs (nvme0n1p2): mounted filesystem with ordered data mode. Quota mode: none.",
        "[ 4411.118204] perf: interrupt took too long (2511 > 2500), lowering kernel.perf_event_max_sample_rate to 79500",
        "[ 8812.114204] TCP: request_sock_TCP: Possible SYN flooding on port 29500. Sending cookies.  Check SNMP counters.",
        "[ 9911.114204] mce: [Hardware Error]: Machine check events logged",
        "[ 9911.114209] EDAC skx MC0: 1 CE memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0 (channel:1 slot:0 page:0x4411 offset:0x0 grain:32 syndrome:0x0)",
      ),
      "train.out": lines(
        keras(1, 160),
        "Epoch 1: val_accuracy improved from -inf to 0.71204, saving model to best.keras",
        "Training finished in 411.2 s",
      ),
    },
  ],
  [
    "dumps of the flight recorder that are asked for as all goes well",
    "",
    {
      ...perRank(
        4,
        (rank) => `dumps/nccl_trace_rank_${rank}.json`,
        () =>
          flightDump(
            4,
            ranksOf(16).map((index) =>
              flightEntry(801 + index, { op: index % 3 === 2 ? "all_gather" : "all_reduce" }),
            ),
          ),
      ),
      "train.log": lines(
        titan(1, 80),
        "[titan] 2026-12-01 10:05:03,114 - root - INFO - Training completed",
      ),
    },
  ],
  [
    "a pod that had to wait for a machine and an image",
    "",
    {
      "events.txt": lines(
        "LAST SEEN   TYPE      REASON             OBJECT               MESSAGE",
        "41m         Warning   FailedScheduling   pod/train-master-0   0/12 nodes are available: 12 Insufficient nvidia.com/gpu. preemption: 0/12 nodes are available: 12 No preemption victims found for incoming pod.",
        "39m         Normal    TriggeredScaleUp   pod/train-master-0   pod triggered scale-up: [{gpu-pool 0->1 (max: 4)}]",
        '33m         Warning   Failed             pod/train-master-0   Failed to pull image "registry.local/train:41": rpc error: code = DeadlineExceeded desc = context deadline exceeded',
        '33m         Warning   BackOff            pod/train-master-0   Back-off pulling image "registry.local/train:41"',
        '31m         Normal    Pulled             pod/train-master-0   Successfully pulled image "registry.local/train:41" in 2m4s',
        "31m         Normal    Started            pod/train-master-0   Started container pytorch",
        "2m          Normal    PyTorchJobSucceeded pytorchjob/train    PyTorchJob train is successfully completed.",
      ),
      "train-master-0.log": lines(
        hfTrainer(1, 80),
        "{'train_runtime': 1711.2041, 'train_samples_per_second': 41.2, 'train_steps_per_second': 0.64, 'train_loss': 2.4411, 'epoch': 1.0}",
      ),
    },
  ],
  [
    "Lightning warns of workers, and stops where it should",
    "",
    {
      "lightning.log": lines(
        "GPU available: True (cuda), used: True",
        "/opt/env/lib/python3.11/site-packages/lightning/pytorch/trainer/connectors/data_connector.py:425: The 'val_dataloader' does not have many workers which may be a bottleneck. Consider increasing the value of the `num_workers` argument` to `num_workers=63` in the `DataLoader` to improve performance.",
        "/opt/env/lib/python3.11/site-packages/lightning/pytorch/callbacks/model_checkpoint.py:654: Checkpoint directory /ckpt/run exists and is not empty.",
        lightning(1, 200, { total: 200 }),
        "Metric val_loss improved by 0.114 >= min_delta = 0.0. New best score: 1.912",
        "Monitored metric val_loss did not improve in the last 3 records. Best score: 1.912. Signaling Trainer to stop.",
        "`Trainer.fit` stopped: `max_epochs=1` reached.",
      ),
    },
  ],
  [
    "Ray tries a read of an object store again, and goes on",
    "",
    {
      "driver.log": lines(
        rayWorker(22_010, "10.2.0.6", 1, 30),
        "(ReadParquet pid=22401, ip=10.2.0.6) WARNING retrying read of s3://ana-data/part-0041.parquet (attempt 1 of 10): botocore.exceptions.ReadTimeoutError: Read timeout on endpoint URL",
        "(ReadParquet pid=22401, ip=10.2.0.6) WARNING retrying read of s3://ana-data/part-0041.parquet (attempt 2 of 10): ConnectionResetError: [Errno 104] Connection reset by peer",
        "(raylet) WARNING: 41 PYTHON worker processes have been started on node: 1f0a41b07e15 with address: 10.2.0.6. This could be a result of using a large number of actors.",
        rayWorker(22_010, "10.2.0.6", 30, 90),
        "Training completed after 90 iterations at 2026-12-01 10:44:12. Total running time: 41min 2s",
      ),
    },
  ],
  [
    "stacks that are taken in the middle of a step that goes on",
    "",
    {
      ...perRank(
        4,
        (rank) => `pyspy/rank${rank}.txt`,
        (rank) =>
          lines(
            pySpy(4410 + rank, "/opt/env/bin/python -u train.py", [
              [
                "active+gil",
                "MainThread",
                `${["forward (torch/nn/modules/linear.py:125)", "_call_impl (torch/nn/modules/module.py:1750)", "forward (model/block.py:88)", "forward (torch/nn/modules/linear.py:125)"][rank]}`,
                "forward (model/gpt.py:201)",
                "main (train.py:412)",
                "<module> (train.py:540)",
              ],
              [
                "idle",
                "Thread-2 (_pin_memory_loop)",
                "select (selectors.py:415)",
                "get (torch/utils/data/_utils/pin_memory.py:30)",
              ],
            ]),
          ),
      ),
      "train.log": lines(
        titan(1, 120),
        "[titan] 2026-12-01 10:06:03,114 - root - INFO - Training completed",
      ),
    },
  ],
  [
    "Weights & Biases cannot be reached for a while",
    "",
    {
      "run.log": lines(
        "wandb: Tracking run with wandb version 0.19.1",
        hfTrainer(1, 40),
        "wandb: ERROR Error while calling W&B API: timeout (<Response [504]>)",
        "wandb: Network error (ConnectTimeout), entering retry loop.",
        "wandb: ERROR Failed to upload file: context deadline exceeded",
        hfTrainer(40, 100),
        "{'train_runtime': 911.2041, 'train_samples_per_second': 61.2, 'train_steps_per_second': 0.94, 'train_loss': 2.1411, 'epoch': 0.24}",
        "wandb: 🚀 View run sft-41 at: https://wandb.ai/ana/sft/runs/41",
        "wandb: Synced 5 W&B file(s), 0 media file(s), 0 artifact file(s) and 0 other file(s)",
      ),
    },
  ],
];
