// Folders of stacks (py-spy as JSON and text, faulthandler in logs) and of answers of NCCL's RAS.
import { lines, ranksOf } from "../fourth/folder-texts.js";
import { absl, clip, nanotron, structlog } from "./printed.js";

const env = "/opt/env/lib/python3.12/site-packages";
/** py-spy dump --json: threads with their frames, the innermost first. */
const json = (main, others = []) =>
  JSON.stringify(
    [["MainThread", main], ...others].map(([name, frames], index) => ({
      pid: 4410,
      thread_id: 140_221_004 + index,
      thread_name: name,
      os_thread_id: 4410 + index,
      active: false,
      owns_gil: false,
      frames: frames.map(([call, filename, line]) => ({
        name: call,
        filename,
        module: null,
        short_filename: filename.replace(`${env}/`, ""),
        line,
        locals: null,
        is_entry: false,
      })),
      process_info: null,
    })),
    undefined,
    2,
  );
const inAllReduce = [
  ["all_reduce", `${env}/torch/distributed/distributed_c10d.py`, 2927],
  ["wrapper", `${env}/torch/distributed/c10d_logger.py`, 81],
  ["reduce_loss", "/workspace/pretrain/loop.py", 88],
  ["train", "/workspace/pretrain/loop.py", 204],
  ["<module>", "/workspace/pretrain/run.py", 214],
];
const inLock = [
  ["acquire", "/usr/lib/python3.12/logging/__init__.py", 988],
  ["handle", "/usr/lib/python3.12/logging/__init__.py", 1026],
  ["callHandlers", "/usr/lib/python3.12/logging/__init__.py", 1762],
  ["info", "/usr/lib/python3.12/logging/__init__.py", 1539],
  ["on_sigusr1", "/workspace/pretrain/signals.py", 31],
  ["emit", "/usr/lib/python3.12/logging/__init__.py", 1160],
  ["train", "/workspace/pretrain/loop.py", 231],
  ["<module>", "/workspace/pretrain/run.py", 214],
];
const heartbeat = ["Thread-2 (_heartbeat)", [["wait", "/usr/lib/python3.12/threading.py", 359]]];

/** py-spy dump as text, with processes of a loader below. */
const text = (pid, rank, main, more = []) =>
  lines(
    `Process ${pid}: /opt/env/bin/python3 -u run.py --config c.yaml`,
    "Python v3.12.7 (/opt/env/bin/python3.12)",
    "",
    `Thread ${pid} (idle): "MainThread"`,
    main.map((frame) => `    ${frame}`),
    more,
  );
const barrier = [
  "barrier (torch/distributed/distributed_c10d.py:4811)",
  "wrapper (torch/distributed/c10d_logger.py:81)",
  "save (pretrain/ckpt.py:140)",
  "train (pretrain/loop.py:260)",
  "<module> (run.py:214)",
];
const queueGet = [
  "poll (multiprocessing/connection.py:257)",
  "get (multiprocessing/queues.py:113)",
  "_try_get_data (torch/utils/data/dataloader.py:1310)",
  "_next_data (torch/utils/data/dataloader.py:1524)",
  "__next__ (torch/utils/data/dataloader.py:741)",
  "train (pretrain/loop.py:190)",
  "<module> (run.py:214)",
];
const decoding = (pid) => [
  "",
  `Process ${pid}: /opt/env/bin/python3 -u run.py --config c.yaml`,
  "Python v3.12.7 (/opt/env/bin/python3.12)",
  "",
  `Thread ${pid} (idle): "MainThread"`,
  "    imread (data/images.py:44)",
  "    __getitem__ (data/images.py:91)",
  "    fetch (torch/utils/data/_utils/fetch.py:54)",
  "    _worker_loop (torch/utils/data/_utils/worker.py:349)",
  "    run (multiprocessing/process.py:108)",
];
const reduceText = [
  "all_reduce (torch/distributed/distributed_c10d.py:2927)",
  "wrapper (torch/distributed/c10d_logger.py:81)",
  "clip_grad_norm (pretrain/optim.py:77)",
  "train (pretrain/loop.py:241)",
  "<module> (run.py:214)",
];

/** What `faulthandler.dump_traceback_later` writes. */
const later = (frames) => [
  "Timeout (0:10:00)!",
  "Thread 0x00007f1e4c2d1640 (most recent call first):",
  '  File "/usr/lib/python3.12/threading.py", line 359 in wait',
  '  File "/usr/lib/python3.12/threading.py", line 1431 in run',
  "",
  "Thread 0x00007f1e5c2d1740 (most recent call first):",
  ...frames.map(([call, file, line]) => `  File "${file}", line ${line} in ${call}`),
];

const ras = (launched, behind) =>
  lines(
    "NCCL version 2.27.5 compiled with CUDA 12.9",
    "CUDA runtime version 12090, driver version 12080",
    "",
    "Job summary",
    "===========",
    "",
    "  Nodes  Processes         GPUs  Processes     GPUs",
    "(total)   per node  per process    (total)  (total)",
    "      2          8            1         16       16",
    "",
    "Communicators... (0.00s)",
    "=============",
    "",
    "Group     Comms     Nodes     Ranks     Ranks     Ranks    Status  Errors",
    "    #  in group  per comm  per node  per comm  in group",
    `    0         1         2         8        16        16   RUNNING  ${behind === undefined ? "OK" : "MISMATCH"}`,
    "",
    "Errors",
    "======",
    "",
    "Warnings",
    "========",
    "",
    behind === undefined
      ? []
      : [
          "#0-0 (7c1e93daea854b06) MISMATCH",
          "  Communicator ranks have different AllReduce operation counts",
          `  15 ranks have launched up to operation ${launched}`,
          `  1 rank has launched up to operation ${launched - 1}`,
          `  Rank ${behind} -- GPU ${behind % 8} managed by process ${44_100 + behind} on node 10.30.0.${1 + Math.floor(behind / 8)}`,
        ],
  );

export const stackFolders = [
  [
    // benfred/py-spy src/dump.rs, src/stack_trace.rs: --json
    "py-spy's JSON: a handler of signals waits for the lock that its thread holds",
    "hang 2",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `stacks/stack-rank${rank}.json`,
        json(rank === 2 ? inLock : inAllReduce, [heartbeat]),
      ]),
    ),
  ],
  [
    // pytorch/pytorch torch/serialization.py: rank 0 writes, the others wait in a barrier
    "py-spy's text: rank 0 writes a checkpoint that does not end, the others wait for it",
    "hang 0",
    {
      ...Object.fromEntries(
        ranksOf(4).map((rank) => [
          `py-spy/rank_${rank}.txt`,
          text(
            5100 + rank,
            rank,
            rank === 0
              ? [
                  "write (fsspec/implementations/fuse.py:121)",
                  "write_end_of_file (torch/serialization.py:812)",
                  "save (torch/serialization.py:967)",
                  "save (pretrain/ckpt.py:131)",
                  "train (pretrain/loop.py:260)",
                  "<module> (run.py:214)",
                ]
              : barrier,
          ),
        ]),
      ),
      "train.log": lines(
        structlog(1, 40),
        "2026-12-01T09:49:07.318204Z [info     ] saving                         [trainer.ckpt] step=40",
      ),
    },
  ],
  [
    // python/cpython Modules/faulthandler.c: dump_traceback_later
    "faulthandler's timeouts in the logs of four ranks, one waits for its loader",
    "hang 1",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `logs/rank_${rank}.txt`,
        lines(
          nanotron(1, 25),
          later(
            rank === 1
              ? [
                  ["select", "/usr/lib/python3.12/selectors.py", 415],
                  ["wait", "/usr/lib/python3.12/multiprocessing/connection.py", 1136],
                  ["_try_get_data", `${env}/torch/utils/data/dataloader.py`, 1310],
                  ["__next__", `${env}/torch/utils/data/dataloader.py`, 741],
                  ["train", "/workspace/pretrain/loop.py", 190],
                ]
              : inAllReduce,
          ),
        ),
      ]),
    ),
  ],
  [
    // ultralytics/ultralytics#26085, RolnickLab/ami-data-companion#140: a process of a loader that holds a lock
    "py-spy with subprocesses: a loader of rank 3 is stuck in reading an image",
    "hang 3",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `pyspy_rank${rank}.txt`,
        text(
          6100 + rank,
          rank,
          rank === 3 ? queueGet : reduceText,
          rank === 3 ? decoding(6190) : [],
        ),
      ]),
    ),
  ],
  [
    "py-spy of ranks that compute, at different lines, and a log that goes on",
    "",
    {
      ...Object.fromEntries(
        ranksOf(4).map((rank) => [
          `py-spy/rank_${rank}.txt`,
          lines(
            `Process ${5100 + rank}: /opt/env/bin/python3 -u run.py`,
            "Python v3.12.7 (/opt/env/bin/python3.12)",
            "",
            `Thread ${5100 + rank} (active): "MainThread"`,
            rank % 2 === 0
              ? [
                  "    forward (torch/nn/modules/linear.py:125)",
                  "    forward (pretrain/model.py:88)",
                  "    train (pretrain/loop.py:210)",
                ]
              : [
                  "    _engine_run_backward (torch/autograd/graph.py:829)",
                  "    backward (torch/_tensor.py:648)",
                  "    train (pretrain/loop.py:216)",
                ],
            "    <module> (run.py:214)",
          ),
        ]),
      ),
      "out.log": lines(clip(1, 60)),
    },
  ],
  [
    // NVIDIA/nccl src/ras/client_support.cc, NVIDIA/nccl#1911
    "RAS twice: one rank is a call behind in both answers",
    "hang 6",
    { "ras-1.txt": ras(8812, 6), "ras-2.txt": ras(8812, 6), "train.log": lines(absl(1, 30)) },
  ],
  [
    // NVIDIA/nccl#1730
    "RAS twice: all is well, and the log goes on",
    "",
    { "ras-a.txt": ras(100), "ras-b.txt": ras(200), "train.log": lines(nanotron(1, 60)) },
  ],
  [
    // NVIDIA/nccl#1762: a process that does not answer
    "RAS twice: the data of one process is missing",
    "crash 9",
    Object.fromEntries(
      [1, 2].map((index) => [
        `ras-${index}.txt`,
        lines(
          ras(512)
            .replace("16   RUNNING  OK", "15   RUNNING  INCOMPLETE")
            .split("\nWarnings")[0]
            .trimEnd(),
          "",
          "INCOMPLETE",
          "  Missing communicator data from 1 job process",
          "  Process 44109 on node 10.30.0.2 managing GPU 1",
          "",
          "#0-0 (7c1e93daea854b06) INCOMPLETE",
          "  Missing communicator data from 1 rank",
          "  Rank 9 -- GPU 1 managed by process 44109 on node 10.30.0.2",
        ),
      ]),
    ),
  ],
];
