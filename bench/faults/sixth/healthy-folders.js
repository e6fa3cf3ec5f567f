// Folders of jobs without a fault, with lines that look like one.
import { hfSteps, lines, ranksOf, traceback } from "../fourth/folder-texts.js";
import { d2, fairseq, plain, steps, timm, yolo } from "./printed.js";

export const healthyFolders = [
  [
    // nlpai-lab/KULLM#27
    "tokenizers warn of deadlocks",
    "",
    {
      "train.log": lines(
        ranksOf(3).flatMap(() => [
          "huggingface/tokenizers: The current process just got forked, after parallelism has already been used. Disabling parallelism to avoid deadlocks...",
          "To disable this warning, you can either:",
          "\t- Avoid using `tokenizers` before the fork if possible",
        ]),
        hfSteps(1, 50),
        "{'train_runtime': 8121.4, 'train_samples_per_second': 31.2, 'train_loss': 1.91, 'epoch': 1.0}",
      ),
    },
  ],
  [
    // wandb/server#83
    "a service whose name is not resolved for a time",
    "",
    {
      "train.log": lines(
        yolo(1, 15),
        "Retry attempt failed:",
        traceback("socket.gaierror: [Errno -2] Name or service not known", {
          file: "/opt/env/lib/python3.8/site-packages/urllib3/connection.py",
          call: "for res in socket.getaddrinfo(host, port, family, socket.SOCK_STREAM):",
        }),
        "wandb: Network error (ConnectionError), entering retry loop.",
        yolo(15, 60),
      ),
    },
  ],
  [
    "RCCL warns of hangs",
    "",
    {
      "train.log": lines(
        'mi300-4:31201:31201 [0] NCCL WARN Missing "iommu=pt" from kernel command line which can lead to system instability or hang!',
        "mi300-4:31201:31290 [0] NCCL INFO comm 0x55d0 rank 0 nranks 8 cudaDev 0 busId 1d000 - Init COMPLETE",
        plain(1, 60),
      ),
    },
  ],
  [
    "the first steps overflow",
    "",
    {
      "train.log": lines(
        ranksOf(4).flatMap((index) => [
          `[2026-11-24 14:43:5${index},431] [INFO] [loss_scaler.py:183:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: ${2 ** (32 - index)}, reducing to ${2 ** (31 - index)}`,
          ...steps(index + 1, index + 2),
        ]),
        steps(5, 70),
      ),
    },
  ],
  [
    "a port that another program has, of which there is a second",
    "",
    {
      "train.log": lines(
        "[W socket.cpp:436] [c10d] The server socket has failed to bind to [::]:29400 (errno: 98 - Address already in use).",
        "using port 29401",
        timm(1, 60),
      ),
    },
  ],
  [
    "classes without samples",
    "",
    {
      "eval.log": lines(
        d2(1, 40),
        "+---------------+-------+-------+",
        "|     Class     |  IoU  |  Acc  |",
        "+---------------+-------+-------+",
        "|      road     | 97.81 | 98.55 |",
        "|      train    |  nan  |  nan  |",
        "|   motorcycle  | 61.02 | 74.31 |",
        "+---------------+-------+-------+",
        d2(40, 60),
      ),
    },
  ],
  [
    "a checkpoint without a new layer",
    "",
    {
      "train.log": lines(
        "WARNING:root:_IncompatibleKeys(missing_keys=['head.weight', 'head.bias'], unexpected_keys=['fc.weight'])",
        "failed to load 2 of 213 tensors, they start from random values",
        timm(1, 60),
      ),
    },
  ],
  [
    "fairseq recovers from a lack of memory",
    "",
    {
      "train.log": lines(
        fairseq(1, 20),
        "2026-11-24 10:25:50 | WARNING | fairseq.trainer | OOM: Ran out of memory with exception: CUDA out of memory. Tried to allocate 1.02 GiB (GPU 0; 15.78 GiB total capacity)",
        "2026-11-24 10:25:50 | WARNING | fairseq.trainer | attempting to recover from OOM in forward/backward pass",
        fairseq(20, 60),
      ),
    },
  ],
  [
    "Slurm's warnings",
    "",
    {
      "slurm-5512.out": lines(
        "srun: warning: can't honor --ntasks-per-node set to 4 which doesn't match the requested tasks 8 with the number of requested nodes 2. Ignoring --ntasks-per-node.",
        "slurmstepd: error: x11: unable to read DISPLAY value",
        plain(1, 60),
        "training finished",
      ),
    },
  ],
  [
    "a queue that its loader may not close",
    "",
    {
      "train.log": lines(
        yolo(1, 30),
        "Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f12d83f5c10>",
        traceback("AssertionError: can only test a child process", {
          file: "/opt/env/lib/python3.10/site-packages/torch/utils/data/dataloader.py",
          call: "self._shutdown_workers()",
        }),
        yolo(30, 80),
      ),
    },
  ],
  [
    "noise at the exit",
    "",
    {
      "rank0.log": lines(
        plain(1, 60),
        "Training complete.",
        "[rank0]:[W1124 12:01:11.120 ProcessGroupNCCL.cpp:1496] Warning: WARNING: destroy_process_group() was not called before program exit, which can leak resources.",
      ),
      "rank1.log": lines(
        plain(1, 60),
        "Training complete.",
        "Error in atexit._run_exitfuncs:",
        traceback("ConnectionResetError: [Errno 104] Connection reset by peer"),
      ),
    },
  ],
  [
    "workers that a loader ends",
    "",
    {
      "train.log": lines(
        plain(1, 30),
        "prefetcher: terminated 2 idle workers, killed 1 stale worker (pid 4410), started 3",
        plain(30, 60),
      ),
    },
  ],
  [
    "a pod that waited for its image",
    "",
    {
      "events.txt": lines(
        "12m  Warning  Failed     pod/gpt-worker-0  Failed to pull image: rpc error: code = DeadlineExceeded desc = context deadline exceeded",
        "11m  Normal   BackOff    pod/gpt-worker-0  Back-off pulling image",
        "10m  Normal   Started    pod/gpt-worker-0  Started container pytorch",
      ),
      "gpt-worker-0.log": lines(plain(1, 60), "training finished"),
    },
  ],
  [
    "GPU clocks that the power limits",
    "",
    {
      "train.log": lines(timm(1, 60)),
      "nvidia-smi.txt": lines(
        "    Clocks Event Reasons",
        "        Idle                              : Not Active",
        "        SW Power Cap                      : Active",
        "        HW Thermal Slowdown               : Not Active",
        "    ECC Errors",
        "        Volatile",
        "            SRAM Correctable              : 0",
        "            DRAM Uncorrectable            : 0",
      ),
    },
  ],
  [
    "Dataset checks before the training",
    "",
    {
      "train.log": lines(
        "train: WARNING ⚠️ /data/coco/000000099844.jpg: ignoring corrupt image/label: negative label values [-0.01]",
        "train: WARNING ⚠️ /data/coco/000000201706.jpg: 1 duplicate labels removed",
        yolo(1, 60),
        "300 epochs completed in 11.231 hours.",
      ),
    },
  ],
];
