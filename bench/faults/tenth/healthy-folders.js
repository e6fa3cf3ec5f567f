// Jobs without a fault.
import { labelled, lines, ranksOf } from "../fourth/folder-texts.js";
import { determined, flax, imagenet, llmc, mindspore, raised, rust } from "./printed.js";

export const healthyFolders = [
  [
    // NVIDIA/nvidia-resiliency-ext: a restart within the processes, after which all goes on
    "a restart within processes",
    "",
    {
      "inprocess.log": lines(
        llmc(1, 30),
        "2026-12-01 10:12:11,114 WARNING nvidia_resiliency_ext.inprocess: rank=4 iteration=0 raised RuntimeError('CUDA graph capture failed'), restarting all ranks",
        "2026-12-01 10:12:19,204 INFO nvidia_resiliency_ext.inprocess: iteration=1 active_world_size=8",
        llmc(28, 90),
        "total average iteration time: 412.118 ms",
      ),
    },
  ],
  [
    // meta-pytorch/torchft: a quorum without one replica, and with it again
    "a replica leaves and comes back",
    "",
    {
      "replica_0.log": lines(
        ranksOf(20).map(
          (step) =>
            `[replica_0/0 - step ${step}] loss=${(2.1 - 0.01 * step).toFixed(3)} num_participants=2`,
        ),
        "[replica_0/0 - step 20] errored in allreduce: Connection closed by peer, aborting and waiting for a new quorum",
        "[replica_0/0 - step 20] quorum changed: num_participants=1",
        ranksOf(20).map(
          (step) =>
            `[replica_0/0 - step ${21 + step}] loss=${(1.9 - 0.01 * step).toFixed(3)} num_participants=1`,
        ),
        "[replica_0/0 - step 41] quorum changed: num_participants=2, healing replica_1 from step 41",
        ranksOf(30).map(
          (step) =>
            `[replica_0/0 - step ${41 + step}] loss=${(1.7 - 0.01 * step).toFixed(3)} num_participants=2`,
        ),
      ),
    },
  ],
  [
    // torvalds/linux mm/oom_kill.c: another user's process
    "the kernel ends another program on the same machine",
    "",
    {
      "dmesg.txt": lines(
        "[81204.114204] Memory cgroup out of memory: Killed process 9912 (chrome) total-vm:34114412kB, anon-rss:4120412kB, file-rss:0kB, shmem-rss:4412kB, UID:1007 pgtables:9144kB oom_score_adj:300",
      ),
      "train.log": lines(
        ranksOf(2).map((rank) => `rank ${rank} started with pid ${44_101 + rank}`),
        imagenet(1, 60),
        "Training complete, best Acc@1 76.11",
      ),
    },
  ],
  [
    // NVIDIA's Xid messages of an earlier job
    "an Xid of three days before, and a job that ended well",
    "",
    {
      "kern.log": lines(
        "2026-11-28T04:11:02.114204+00:00 gpu-4 kernel: NVRM: Xid (PCI:0000:9b:00): 31, pid=3310, name=python, Ch 0000000a, intr 00000000. MMU Fault: ENGINE GRAPHICS",
        "2026-11-28T06:00:00.004118+00:00 gpu-4 kernel: Linux version 6.8.0-45-generic",
      ),
      "train.log": lines(
        "2026-12-01T09:00:00Z start",
        determined(1, 40),
        "[2026-12-01T11:02:06.552162Z] 5c902731 [rank=0] || INFO: [62] determined.core: completed training of 4000 batches",
      ),
    },
  ],
  [
    // optuna/optuna: a trial that fails, in a study that goes on
    "a study whose trials may fail",
    "",
    {
      "study.log": lines(
        ranksOf(9).map((trial) =>
          trial === 4
            ? [
                "[W 2026-12-01 10:21:11,204] Trial 4 failed with parameters: {'lr': 0.31} because of the following error: The value nan is not acceptable.",
                "[W 2026-12-01 10:21:11,205] Trial 4 failed with value nan.",
              ]
            : `[I 2026-12-01 10:2${trial}:11,204] Trial ${trial} finished with value: 0.8${trial} and parameters: {'lr': 0.00${trial + 1}}. Best is trial 0 with value: 0.80.`,
        ),
        "Best trial: 8",
      ),
    },
  ],
  [
    // pytorch/pytorch torch/_dynamo: a fall back to eager, with its lines
    "a compiler that falls back, with its traceback",
    "",
    {
      "out.log": lines(
        "W1201 10:02:11.204000 44101 torch/_dynamo/convert_frame.py:1233] WON'T CONVERT forward /srv/job/model.py line 88 ",
        "W1201 10:02:11.204000 44101 torch/_dynamo/convert_frame.py:1233] due to: ",
        labelled(
          "W1201 10:02:11.204000 44101 torch/_dynamo/convert_frame.py:1233] ",
          raised("torch._dynamo.exc.Unsupported: call_function BuiltinVariable(id)"),
        ),
        imagenet(1, 60),
      ),
    },
  ],
  [
    // kubernetes: a job that is complete, and the pod that is ended after it
    "a complete job whose pods are ended",
    "",
    {
      "events.txt": lines(
        "12m   Normal   Completed          job/sft          Job completed",
        "12m   Normal   Killing            pod/sft-0-x0k4   Stopping container istio-proxy",
        "12m   Warning  Unhealthy          pod/sft-0-x0k4   Liveness probe failed: HTTP probe failed with statuscode: 503",
      ),
      "sft-0.log": lines(
        mindspore(1, 60),
        "train finished, saved to /out",
        "[istio] received SIGTERM, terminating; exit code 143",
      ),
    },
  ],
  [
    // losses of reinforcement learning, which change their sign
    "a loss of policies that is small and noisy",
    "",
    {
      "rl.log": lines(
        ranksOf(120).map(
          (step) =>
            `iter ${step} | policy_loss ${(0.04 * Math.sin(11 * step) * (1 + (step % 7))).toFixed(5)} | value_loss ${(1.2 + 0.8 * Math.abs(Math.sin(3 * step))).toFixed(4)} | reward ${(0.2 * step + 4 * Math.sin(step)).toFixed(2)} | kl 0.01${step % 10}`,
        ),
      ),
    },
  ],
  [
    // pytorch/pytorch torch/csrc/distributed/c10d/reducer.cpp: a warning, and a first step of eight minutes
    "a warning of DDP and a first step of eight minutes",
    "",
    {
      "rank0.log": lines(
        "[rank0]:[W1201 10:02:11.204117204 reducer.cpp:1430] Warning: find_unused_parameters=True was specified in DDP constructor, but did not find any unused parameters in the forward pass. (function operator())",
        "2026-12-01 10:02:12 compiling kernels, the heartbeat monitor is told to wait 30 min",
        "2026-12-01 10:10:41 step 0 took 509.2 s",
        imagenet(1, 60),
      ),
      "rank1.log": lines("2026-12-01 10:10:41 step 0 took 509.2 s"),
    },
  ],
  [
    // webdataset/webdataset: handlers that warn and go on
    "archives that cannot be read are left out",
    "",
    {
      "stream.log": lines(
        flax(1, 20),
        "/opt/env/lib/python3.12/site-packages/webdataset/handlers.py:34: UserWarning: ReadError('unexpected end of data @ <_io.BufferedReader name=19>')",
        "  warnings.warn(repr(exn))",
        flax(20, 40),
        "WARNING skipped 1 of 41204 shards (corrupt), 0.002 %",
        rust(40, 60),
      ),
    },
  ],
];
