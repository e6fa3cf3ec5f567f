// Hangs by the words of tools, numbers, slow ranks, and two faults at once.
import { labelled, lines, ranksOf } from "../fourth/folder-texts.js";
import { flax, imagenet, llmc, lost, raised, rust } from "./printed.js";

export const moreFolders = [
  [
    // pytorch/tutorials unstable_source/flight_recorder_tutorial.rst: what torchfrtrace prints
    "torchfrtrace's report: a rank that did not join",
    "hang 5",
    {
      "torchfrtrace.txt": lines(
        "Not all ranks joining collective, sequence number: 441",
        "group info: 0:default_pg",
        "collective: nccl:all_reduce",
        "missing ranks: {5}",
        "input sizes: [[8652160]]",
        "output sizes: [[8652160]]",
        "world size: 8",
        "expected ranks: {0, 1, 2, 3, 4, 5, 6, 7}",
        "collective state: scheduled",
      ),
      "train.log": lines(imagenet(1, 30)),
    },
  ],
  [
    // one file for all ranks, as a script around py-spy writes it
    "stacks of all ranks in one file, one is in a regular expression",
    "hang 3",
    {
      "all-stacks.txt": lines(
        ranksOf(6).map((rank) => [
          `===== rank ${rank} (pid ${7200 + rank}) =====`,
          `Process ${7200 + rank}: python -u main.py`,
          "Python v3.11.9 (/usr/bin/python3.11)",
          "",
          rank === 3
            ? `Thread ${7200 + rank} (active+gil): "MainThread"`
            : `Thread ${7200 + rank} (idle): "MainThread"`,
          ...(rank === 3
            ? [
                "    sub (re/__init__.py:185)",
                "    clean (corpus/filters.py:52)",
                "    __next__ (corpus/stream.py:118)",
                "    main (main.py:64)",
              ]
            : [
                "    all_reduce (torch/distributed/distributed_c10d.py:2927)",
                "    main (main.py:71)",
              ]),
          "    <module> (main.py:91)",
          "",
        ]),
      ),
    },
  ],
  [
    // torvalds/linux kernel/hung_task.c, net/sunrpc: a process of a rank that waits for NFS
    "the kernel reports a blocked process; the log says whose it is",
    "hang 2",
    {
      "dmesg.txt": lines(
        "[81204.114204] nfs: server 10.9.0.4 not responding, still trying",
        "[81331.204118] INFO: task python:44103 blocked for more than 120 seconds.",
        "[81331.204121]       Not tainted 6.8.0-45-generic #45-Ubuntu",
        "[81331.204130] task:python          state:D stack:0     pid:44103 tgid:44103 ppid:44090  flags:0x00000002",
        "[81331.204141]  rpc_wait_bit_killable+0x11/0x70 [sunrpc]",
        "[81331.204150]  nfs4_do_close+0x2d2/0x380 [nfsv4]",
      ),
      "train.log": lines(
        ranksOf(4).map((rank) => `rank ${rank} started with pid ${44_101 + rank}`),
        imagenet(1, 30),
      ),
    },
  ],
  [
    // pytorch/pytorch torch/distributed/distributed_c10d.py: monitored barrier, with a group of its own
    "a pipeline's stage whose peer sent another shape",
    "collective-mismatch 4",
    Object.fromEntries(
      ranksOf(8).map((rank) => [
        `stage/${rank}.log`,
        lines(
          rust(1, 10),
          rank === 5
            ? raised(
                "PipeliningShapeError: recv from rank 4: expected shape torch.Size([4, 2048, 4096]), got torch.Size([4, 1024, 4096])",
                "/srv/job/main.py",
                "schedule.step(x)",
              )
            : rank === 4
              ? "WARNING stage 4: last microbatch was truncated to 1024 tokens before isend to rank 5"
              : lost(5),
        ),
      ]),
    ),
  ],
  [
    // flax and clu: values as they are logged
    "clu's writer: nan from a step on",
    "not-a-number",
    { "worker0.log": lines(flax(1, 30), flax(30, 50, { loss: () => "nan" })) },
  ],
  [
    // tracel-ai/burn with tracing
    "a Rust program whose loss is NaN",
    "not-a-number",
    { "burn.log": lines(rust(1, 40), rust(40, 60, { loss: () => "NaN" })) },
  ],
  [
    // metrics alone, as many loggers write them
    "metrics in JSON lines: a spike that comes back",
    "loss-spike",
    {
      "metrics.jsonl": lines(
        ranksOf(160).map((step) =>
          JSON.stringify({
            step,
            "train/loss": Number(
              (step >= 110 && step < 115
                ? 11.2 - 0.9 * (step - 110)
                : 4.1 * Math.exp(-step / 400) + 0.02 * Math.sin(5 * step)
              ).toFixed(4),
            ),
            "train/lr": 0.0003,
            wall: 1796100000 + 2 * step,
          }),
        ),
      ),
    },
  ],
  [
    // a check of replicas of one's own, on each rank
    "a check of parameters: one replica differs from all others",
    "replica-divergence 2",
    {
      "train.log": lines(
        imagenet(1, 20),
        ranksOf(4).map(
          (rank) =>
            `[rank${rank}]: replica check at step 200: parameter checksum 0x${rank === 2 ? "9f31c2aa" : "41b07e15"}`,
        ),
        "replica check at step 200 FAILED: rank 2 differs from the other 3 ranks; all were equal at step 150",
        imagenet(20, 30),
      ),
    },
  ],
  [
    // a step computed again, as checks for silent errors do
    "a step that is computed three times gives another gradient once",
    "silent-corruption 5",
    {
      "sdc.log": lines(
        llmc(1, 30),
        ranksOf(8).map(
          (rank) =>
            `[rank${rank}]: SDC check step 30: grad hash run1=${rank === 5 ? "af31" : "77c0"}${rank} run2=${rank === 5 ? "af30" : "77c0"}${rank} run3=${rank === 5 ? "af30" : "77c0"}${rank}`,
        ),
        "SDC check step 30: rank 5 is not reproducible (1 of 3 executions differs), the inputs were equal",
        llmc(30, 40),
      ),
    },
  ],
  [
    // pytorch/examples imagenet/main.py: seconds of a batch, of which data
    "the example of ImageNet: nearly all time is data",
    "data-starvation",
    {
      "log.txt": lines(
        imagenet(1, 40, {
          time: (index) => `6.41${index % 10} ( 6.402)`,
          data: (index) => `6.01${index % 10} ( 5.998)`,
        }),
      ),
    },
  ],
  [
    // parts of steps of all ranks in one table
    "a table of steps: one rank waits for its data, the others for it",
    "data-starvation 5",
    {
      "profile.csv": lines(
        "step,rank,data_s,compute_s,comm_s",
        ranksOf(12).map((step) =>
          ranksOf(8).map(
            (rank) =>
              `${step},${rank},${rank === 5 ? "1.211" : "0.011"},0.40${step % 10},${rank === 5 ? "0.012" : "1.208"}`,
          ),
        ),
      ),
      "train.log": lines(imagenet(1, 12)),
    },
  ],
  [
    // two at once: in one log of all ranks
    "a full disk on one rank, and a GPU that fails on another",
    "disk-full 1 + accelerator-error 6",
    {
      "combined.log": lines(
        imagenet(1, 20),
        labelled(
          "[rank6]: ",
          raised("torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered"),
        ),
        labelled(
          "[rank1]: ",
          raised(
            "OSError: [Errno 28] No space left on device",
            "/srv/job/main.py",
            "shard.flush()",
          ),
        ),
        [0, 2, 3].map((rank) => labelled(`[rank${rank}]: `, lost(6))),
      ),
    },
  ],
];
