// Dumps of PyTorch's Flight Recorder with several groups, and stacks, in files with other names.
import { faultStack, dumpOf, meshOf } from "./dumps.js";
import { hfSteps, lines, ranksOf, traceback } from "../fourth/folder-texts.js";
import { plain } from "../sixth/printed.js";

const waiting = [
  "_engine_run_backward (torch/autograd/graph.py:769)",
  "backward (torch/_tensor.py:521)",
  "training_loop (fine_tune.py:411)",
  "<module> (fine_tune.py:586)",
];
const barrier = [
  "barrier (torch/distributed/distributed_c10d.py:4801)",
  "wrapper (torch/distributed/c10d_logger.py:83)",
  "save (ckpt.py:90)",
  "main (train.py:240)",
  "<module> (train.py:270)",
];

export const dumpFolders = [
  [
    // pytorch/pytorch#140879: names with the host before the rank; tensor, data and pipeline groups
    "dumps of 16 ranks, one stops in its data group",
    "hang 5",
    Object.fromEntries(
      ranksOf(16).map((rank) => [
        `fr/nccl_trace_rank_container-node0${Math.floor(rank / 8)}_${rank}`,
        dumpOf(rank, meshOf(16), { culprit: 5, at: "dp" }),
      ]),
    ),
  ],
  [
    "dumps of 16 ranks, one stops in its tensor group",
    "hang 9",
    Object.fromEntries(
      ranksOf(16).map((rank) => [
        `trace-${rank}.json`,
        dumpOf(rank, meshOf(16), { culprit: 9, at: "tp" }),
      ]),
    ),
  ],
  [
    "dumps of gloo, one rank calls another operation",
    "collective-mismatch 3",
    Object.fromEntries(
      ranksOf(8).map((rank) => [
        `rank${rank}/fr.json`,
        dumpOf(rank, meshOf(8), { culprit: 3, at: "dp", backend: "gloo", other: "broadcast" }),
      ]),
    ),
  ],
  [
    "dumps, of which one is missing, and why",
    "out-of-memory 3",
    {
      ...Object.fromEntries(
        ranksOf(8)
          .filter((rank) => rank !== 3)
          .map((rank) => [
            `nccl_trace_rank_${rank}`,
            dumpOf(rank, meshOf(8), { culprit: 3, at: "dp" }),
          ]),
      ),
      "rank_3.log": lines(
        plain(1, 20),
        traceback(
          "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total capacity of 79.15 GiB of which 1.02 GiB is free.",
        ),
      ),
    },
  ],
  [
    // deepspeedai/DeepSpeed#6524
    "stacks of py-spy in a file per process, one rank writes a file",
    "hang 3",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `pyspy/node0-rank${rank}.txt`,
        faultStack(
          rank,
          rank === 3
            ? [
                "write (torch/serialization.py:812)",
                "_save (torch/serialization.py:1266)",
                "save (torch/serialization.py:965)",
                ...barrier.slice(2),
              ]
            : barrier,
        ),
      ]),
    ),
  ],
  [
    "stacks of py-spy, one rank waits for a lock in its own code",
    "hang 1",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `stack_rank_${rank}.txt`,
        faultStack(
          rank,
          rank === 1
            ? [
                "acquire (filelock/_api.py:333)",
                "__enter__ (filelock/_api.py:376)",
                "tokenize_cached (data/cache.py:44)",
                "training_loop (fine_tune.py:402)",
                "<module> (fine_tune.py:586)",
              ]
            : waiting,
        ),
      ]),
    ),
  ],
  [
    "dumps of 16 ranks of a job that runs",
    "",
    Object.fromEntries(
      ranksOf(16).map((rank) => [`dump_${rank}.json`, dumpOf(rank, meshOf(16), {})]),
    ),
  ],
  [
    "stacks of ranks that compute at different places, with threads",
    "",
    {
      ...Object.fromEntries(
        ranksOf(4).map((rank) => [
          `stacks/rank${rank}.txt`,
          faultStack(
            rank,
            [
              [
                "forward (model.py:88)",
                "linear (torch/nn/functional.py:2015)",
                "step (optim.py:40)",
                "forward (model.py:120)",
              ][rank],
              "training_loop (fine_tune.py:402)",
              "<module> (fine_tune.py:586)",
            ],
            "active",
          ),
        ]),
      ),
      "train.log": lines(hfSteps(1, 40)),
    },
  ],
];
