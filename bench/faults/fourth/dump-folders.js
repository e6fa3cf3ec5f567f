// Folders with dumps of PyTorch's Flight Recorder in the form of NCCL, and with stacks.
import { hfSteps, lines, ranksOf } from "./folder-texts.js";

/**
 * The dump of a rank: its calls in order, `[group, operation, sizes]`; the last `pending` of them have not ended.
 *
 * @param groups names with their ranks
 */
function dump(rank, calls, groups, { pending = 0, started = false, p2p = false } = {}) {
  const own = Object.entries(groups).filter(([, ranks]) => ranks.includes(rank));
  const numbers = new Map();
  const entries = calls.map(([group, operation, sizes], index) => {
    const number = (numbers.get(group) ?? 0) + 1;
    numbers.set(group, number);
    const isPending = index >= calls.length - pending;
    const at = 1_795_000_000_000_000_000 + index * 31_000_000 + rank * 1000;
    return {
      record_id: index,
      pg_id: own.findIndex(([name]) => name === group),
      process_group: [group, group],
      collective_seq_id: p2p && /send|recv/u.test(operation) ? 0 : number,
      p2p_seq_id: p2p && /send|recv/u.test(operation) ? number : 0,
      op_id: number,
      profiling_name: `nccl:${operation}`,
      time_created_ns: at,
      ...(isPending ? {} : { duration_ms: 4.1 }),
      input_sizes: [sizes],
      input_dtypes: ["BFloat16"],
      output_sizes: [sizes],
      output_dtypes: ["BFloat16"],
      state: isPending ? (started ? "started" : "scheduled") : "completed",
      time_discovered_started_ns: isPending && !started ? null : at + 900_000,
      time_discovered_completed_ns: isPending ? null : at + 5_000_000,
      retired: !isPending,
      timeout_ms: 600_000,
      is_p2p: p2p && /send|recv/u.test(operation),
      frames: [
        { name: operation, filename: "/opt/env/torch/distributed/distributed_c10d.py", line: 2810 },
        { name: "train_step", filename: "/opt/job/train.py", line: 200 + (index % 7) },
      ],
    };
  });
  return JSON.stringify({
    version: "2.5",
    pg_config: Object.fromEntries(
      own.map(([name, ranks], index) => [
        String(index),
        { name, desc: name, ranks: JSON.stringify(ranks) },
      ]),
    ),
    pg_status: {},
    rank,
    world_size: Object.values(groups)[0].length,
    entries,
  });
}

/** Sharded data parallelism beside tensor parallelism in pairs. */
const mesh = {
  default_pg: ranksOf(8),
  tp_0: [0, 1],
  tp_1: [2, 3],
  tp_2: [4, 5],
  tp_3: [6, 7],
  fsdp_0: [0, 2, 4, 6],
  fsdp_1: [1, 3, 5, 7],
};
const tp = (rank) => `tp_${Math.floor(rank / 2)}`;
const fsdp = (rank) => `fsdp_${rank % 2}`;
function layers(rank, count) {
  return ranksOf(count).flatMap((layer) => [
    [fsdp(rank), "_all_gather_base", [4096, 1024]],
    [tp(rank), "all_reduce", [8, 2048, 4096]],
    [fsdp(rank), layer % 2 === 0 ? "_reduce_scatter_base" : "_all_gather_base", [4096, 1024]],
  ]);
}

const stages = { default_pg: ranksOf(4) };

const stack = (rank, ...frames) =>
  lines(
    `Process ${8100 + rank}: python -u train.py`,
    "Python v3.11.9 (/opt/env/bin/python3.11)",
    "",
    `Thread ${8100 + rank} (idle): "MainThread"`,
    frames.map((frame) => `    ${frame}`),
    'Thread 8190 (idle): "Thread-1 (_pin_memory_loop)"',
    "    wait (threading.py:331)",
    "    get (queue.py:180)",
  );

const waits = [
  "all_reduce (torch/distributed/distributed_c10d.py:2810)",
  "wrapper (torch/distributed/c10d_logger.py:83)",
  "sync_gradients (train.py:140)",
  "train (train.py:201)",
  "main (train.py:260)",
  "<module> (train.py:270)",
];

const faulthandler = (...frames) =>
  lines(
    hfSteps(1, 4),
    "Timeout (0:05:00)!",
    "Thread 0x00007f1c3b7fe640 (most recent call first):",
    '  File "/usr/lib/python3.11/threading.py", line 331 in wait',
    "",
    "Thread 0x00007f1d0a3c1740 (most recent call first):",
    frames.map(([file, line, name]) => `  File "${file}", line ${line} in ${name}`),
  );
const glooWait = [
  ["/opt/env/lib/python3.11/site-packages/torch/distributed/distributed_c10d.py", 4801, "barrier"],
  ["/opt/job/train.py", 188, "save_checkpoint"],
  ["/opt/job/train.py", 240, "main"],
];

export const dumpFolders = [
  [
    "dumps of 8 ranks, one stops between two layers",
    "hang 6",
    Object.fromEntries(
      ranksOf(8).map((rank) => {
        const full = layers(rank, 14);
        // Rank 6 stops after its all-gather; its tensor partner waits for it, the others of its shard in the next one.
        const end = rank === 6 ? 37 : rank === 7 ? 38 : fsdp(rank) === "fsdp_0" ? 39 : 39;
        const calls = full.slice(0, end);
        return [
          `nccl_trace_rank_${rank}`,
          dump(rank, calls, mesh, { pending: rank === 6 ? 0 : 1, started: rank !== 6 }),
        ];
      }),
    ),
  ],
  [
    "dumps of 4 ranks, one with another size",
    "collective-mismatch 2",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `dumps/nccl_trace_rank_${rank}.json`,
        dump(
          rank,
          [
            ...ranksOf(20).map(() => ["default_pg", "all_reduce", [2048]]),
            ["default_pg", "all_reduce", [rank === 2 ? 1024 : 2048]],
          ],
          stages,
          { pending: 1, started: true },
        ),
      ]),
    ),
  ],
  [
    "dumps of a pipeline, one stage does not send",
    "hang 1",
    Object.fromEntries(
      ranksOf(4).map((rank) => {
        const calls = ranksOf(10).flatMap((step) => [
          ...(rank > 0 ? [["default_pg", `recv ${rank}<-${rank - 1}`, [16, 512]]] : []),
          ...(rank < 3 ? [["default_pg", `send ${rank}->${rank + 1}`, [16, 512]]] : []),
          ...(step % 5 === 4 ? [["default_pg", "all_reduce", [1]]] : []),
        ]);
        const last = {
          0: calls.length,
          1: calls.length - 2,
          2: calls.length - 2,
          3: calls.length - 1,
        }[rank];
        return [
          `flight_${rank}.json`,
          dump(rank, calls.slice(0, last), stages, {
            pending: rank === 1 ? 0 : 1,
            started: rank !== 1,
            p2p: true,
          }),
        ];
      }),
    ),
  ],
  [
    "dumps of a job that runs",
    "",
    Object.fromEntries(
      ranksOf(8).map((rank) => [`nccl_trace_rank_${rank}`, dump(rank, layers(rank, 12), mesh)]),
    ),
  ],
  [
    "dumps of a job that runs, with a logs of its steps",
    "",
    {
      ...Object.fromEntries(
        ranksOf(4).map((rank) => [
          `trace/rank_${rank}.json`,
          dump(
            rank,
            ranksOf(30).map(() => ["default_pg", "all_reduce", [2048]]),
            stages,
          ),
        ]),
      ),
      "rank_0.log": lines(hfSteps(1, 60)),
    },
  ],
  [
    "stacks of py-spy as text, one rank reads from an object store",
    "hang 1",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `pyspy-rank${rank}.txt`,
        rank === 1
          ? stack(
              1,
              "read (ssl.py:1166)",
              "recv_into (ssl.py:1314)",
              "get_object (s3/client.py:569)",
              "load_batch (train.py:88)",
              "train (train.py:195)",
              "main (train.py:260)",
              "<module> (train.py:270)",
            )
          : stack(rank, ...waits),
      ]),
    ),
  ],
  [
    "stacks of faulthandler in the logs",
    "hang 3",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `rank${rank}.log`,
        rank === 3
          ? faulthandler(
              ["/opt/env/lib/python3.11/site-packages/numpy/lib/format.py", 954, "open_memmap"],
              ["/opt/job/data.py", 77, "next_shard"],
              ["/opt/job/train.py", 171, "main"],
            )
          : faulthandler(...glooWait),
      ]),
    ),
  ],
  [
    "stacks of a job that computes",
    "",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `pyspy-rank${rank}.txt`,
        stack(
          rank,
          "forward (torch/nn/modules/linear.py:125)",
          "train (train.py:197)",
          "main (train.py:260)",
          "<module> (train.py:270)",
        ),
      ]),
    ),
  ],
];
