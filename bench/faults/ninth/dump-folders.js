// Folders of Flight Recorder's dumps, as pickles and JSON, of jobs with tensor, data and pipeline groups.
import { lines, torchrunTable } from "../fourth/folder-texts.js";
import { filesOf, meshOf, runJob } from "./dumps.js";
import { goneFrom, nanotron, structlog } from "./printed.js";

const megatron = {
  tp: "TENSOR_MODEL_PARALLEL_GROUP",
  dp: "DATA_PARALLEL_GROUP_WITH_CP",
  pp: "PIPELINE_MODEL_PARALLEL_GROUP",
};
const titan = { tp: "mesh_tp", dp: "mesh_dp_shard", pp: "mesh_pp" };
const repeat = (count, make) => Array.from({ length: count }, (_, index) => make(index)).flat();

const layer = (kind = "tp") => [
  {
    kind,
    operation: "_all_gather_base",
    sizes: [2048, 1, 4096],
    outputs: [4096, 1, 4096],
    at: 311,
  },
  {
    kind,
    operation: "_reduce_scatter_base",
    sizes: [4096, 1, 4096],
    outputs: [2048, 1, 4096],
    at: 318,
  },
];
/** Two layers in tensor pairs, gradients over the data groups, then the norm over all. */
const step3d = () => [
  ...layer(),
  ...layer(),
  {
    kind: "dp",
    operation: "_reduce_scatter_base",
    sizes: [1_048_576],
    outputs: [524_288],
    at: 402,
  },
  { kind: "dp", operation: "_all_gather_base", sizes: [524_288], outputs: [1_048_576], at: 405 },
  { kind: "world", operation: "all_reduce", sizes: [1], dtype: "Float", at: 411 },
];
const ddp = (count) => [
  ...repeat(count, (index) => [
    { kind: "world", operation: "all_reduce", sizes: [8_652_160 - index], dtype: "Float", at: 250 },
  ]),
  { kind: "world", operation: "all_reduce", sizes: [3], dtype: "Float", at: 262 },
];
/** One of two stages of a pipeline with four micro-batches in each step. */
const stage = (rank, half) =>
  repeat(6, () => [
    ...repeat(4, () => [
      rank < half
        ? { kind: "pp", operation: "send", peer: rank + half, sizes: [4096, 1, 5120], at: 510 }
        : { kind: "pp", operation: "recv", peer: rank - half, sizes: [4096, 1, 5120], at: 512 },
    ]),
    { kind: "dp", operation: "all_reduce", sizes: [2_097_152], dtype: "Float", at: 530 },
  ]);

const mesh222 = meshOf({ tp: 2, dp: 2, pp: 2 }, megatron);
const mesh44 = meshOf({ tp: 4, dp: 4 }, titan);
const mesh28 = meshOf({ dp: 4, pp: 2 }, megatron);
const flat4 = meshOf({}, {});
flat4.world = 4;
flat4.groups[0].ranks = [0, 1, 2, 3];
const flat8 = {
  world: 8,
  groups: [{ kind: "world", name: "0", desc: "default_pg", ranks: [0, 1, 2, 3, 4, 5, 6, 7] }],
};

const without = (program, index) => program.filter((_, each) => each !== index);
const changed = (program, index, change) =>
  program.map((call, each) => (each === index ? { ...call, ...change } : call));
const swapped = (program, index) => program.toSpliced(index, 2, program[index + 1], program[index]);

const hang5 = runJob(mesh222, () => repeat(8, step3d), { stops: new Map([[5, 7 * 5 + 4]]) });
const pipe = runJob(mesh28, (rank) => stage(rank, 4), { stops: new Map([[6, 5 * 3 + 2]]) });
const skipping = runJob(flat4, (rank) => {
  const program = repeat(9, () => ddp(2));
  return rank === 2 ? without(program, 19) : program;
});
const broken = runJob(mesh44, () => repeat(5, step3d), { stops: new Map([[11, 7 * 3 + 2]]) });
const types = runJob(flat8, (rank) => {
  const program = repeat(7, () => ddp(3));
  return rank === 1 ? changed(program, 22, { dtype: "BFloat16" }) : program;
});
const twoHangs = runJob(mesh222, () => repeat(8, step3d), {
  stops: new Map([
    [2, 7 * 6 + 1],
    [7, 7 * 6 + 3],
  ]),
});
const running = runJob(mesh222, () => repeat(9, step3d), {
  limits: (rank) => 7 * 7 + 4 + (rank % 2),
});
const finished = runJob(flat4, () => repeat(6, () => ddp(2)));
const ring = runJob(flat8, () => repeat(40, () => ddp(1)), { stops: new Map([[3, 51]]), ahead: 6 });
const half = runJob(meshOf({ tp: 4, dp: 2 }, titan), () => repeat(6, step3d), {
  stops: new Map([[6, 7 * 4 + 4]]),
});
const mesh42 = meshOf({ tp: 4, dp: 2 }, titan);
const experts = runJob(
  flat8,
  (rank) =>
    repeat(8, () => [
      {
        kind: "world",
        operation: "all_to_all_single",
        sizes: [4096 + 17 * rank, 2048],
        outputs: [4096 - 9 * rank, 2048],
        at: 611,
      },
      { kind: "world", operation: "all_reduce", sizes: [1_048_576], dtype: "Float", at: 640 },
    ]),
  { stops: new Map([[1, 12]]) },
);
const order = runJob(mesh44, (rank) => {
  const program = repeat(6, step3d);
  return rank === 13 ? swapped(program, 7 * 4 + 4) : program;
});

// The form of all dumps: pytorch/pytorch torch/csrc/distributed/c10d/FlightRecorder.hpp and ProcessGroupNCCL.cpp; the tutorial at docs.pytorch.org/tutorials/unstable/flight_recorder_tutorial.html
export const dumpFolders = [
  [
    // NVIDIA/Megatron-LM megatron/core/parallel_state.py: names of groups
    "pickles of 2 x 2 x 2 ranks, one stops before the data group's call",
    "hang 5",
    filesOf(mesh222, hang5, (rank) => `nccl_trace_rank_${rank}`),
  ],
  [
    "pickles of a pipeline with sends, a rank of the second stage receives no more",
    "hang 6",
    filesOf(mesh28, pipe, (rank) => `fr/nccl_trace_rank_${rank}`, { timing: false }),
  ],
  [
    "JSON of four ranks, one left out a call of several equal ones",
    "collective-mismatch 2",
    filesOf(flat4, skipping, (rank) => `dump_rank${rank}.json`, { form: "json", timing: false }),
  ],
  [
    "pickles of 15 of 16 ranks, and what torchrun says of the other",
    "crash 11",
    {
      ...filesOf(mesh44, broken, (rank) => `dumps/trace_${rank}`, { without: [11] }),
      "torchrun.err": lines(
        nanotron(1, 10),
        goneFrom(10, "10.0.0.2<40112>"),
        torchrunTable([], { first: 11, exitCode: -11, name: "train.py" }),
      ),
    },
  ],
  [
    "JSON of eight ranks, one sums another type of numbers",
    "collective-mismatch 1",
    filesOf(flat8, types, (rank) => `rank-${rank}/flight.json`, { form: "json" }),
  ],
  [
    "pickles of 2 x 2 x 2 ranks, two stop at different places of one step",
    "hang 2,7",
    filesOf(mesh222, twoHangs, (rank) => `nccl_trace_rank_${rank}`),
  ],
  [
    "pickles of a job that runs, taken at slightly different times, and its log",
    "",
    {
      ...filesOf(mesh222, running, (rank) => `nccl_trace_rank_${rank}`),
      "train.log": lines(structlog(1, 60)),
    },
  ],
  [
    "JSON of a job whose calls have all ended",
    "",
    filesOf(flat4, finished, (rank) => `final/rank${rank}.json`, { form: "json" }),
  ],
  [
    "pickles of small buffers, one rank is far behind",
    "hang 3",
    filesOf(flat8, ring, (rank) => `trace_rank_${rank}.pickle`, { keeps: 20 }),
  ],
  [
    "pickles of the first four of eight ranks, who wait for one that left none",
    "hang 6",
    filesOf(mesh42, half, (rank) => `nccl_trace_rank_${rank}`, { without: [4, 5, 6, 7] }),
  ],
  [
    "JSON of experts whose sizes differ by design, one rank stops",
    "hang 1",
    filesOf(flat8, experts, (rank) => `moe/${rank}.json`, { form: "json" }),
  ],
  [
    "pickles of 4 x 4 ranks, one has two calls in another order",
    "collective-mismatch 13",
    filesOf(mesh44, order, (rank) => `nccl_trace_rank_${rank}`, { timing: false }),
  ],
];
