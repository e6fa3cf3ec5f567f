// Runs of other programs, with other faults than those that the diagnosis was corrected on: `bench/record-faults.js --plan unseen`.
// They were scored as they came, before anything was changed for them; docs/diagnosis.md says which were recorded again, and why.

const kinds = {
  truncated_shard: "crash",
  bad_text: "crash",
  recursion: "crash",
  bad_json: "crash",
  data_server_timeout: "crash",
  message_exit: "crash",
  bus_error: "crash",
  double_free: "crash",
  shapes: "crash",
  worker_error: "crash",
  array_memory: "out-of-memory",
  tensor_memory: "out-of-memory",
  fork_memory: "out-of-memory",
  array_disk: "disk-full",
  tensor_disk: "disk-full",
  text_disk: "disk-full",
  library: "configuration",
  shard: "configuration",
  silent_server: "hang",
  holds_interpreter: "hang",
  spin: "hang",
  child_process: "hang",
  prefetch: "hang",
  condition: "hang",
  future: "hang",
  "extra-work": "compute-straggler",
  "busy-thread": "compute-straggler",
  "slow-read": "data-starvation",
  "uneven-read": "data-starvation",
  "nan-batch": "not-a-number",
  diverge: "not-a-number",
  "bad-labels": "loss-spike",
  "leaves-early": "collective-mismatch",
  "skips-gather": "collective-mismatch",
};

function placeOf(text) {
  const [target, size] = text.split(" ");
  const [hosts, perHost] = size.includes("x") ? size.split("x").map(Number) : [1, Number(size)];
  return { target, hosts, perHost, ranks: hosts * perHost };
}

const goals = {
  numpy: "val_acc>=1",
  trainer: "eval_accuracy>=1",
  image: "accuracy>=0.99",
  gpt: "val_loss<=0.9",
};

/** @param program `numpy`, `trainer` (both in `unseen/`), or the workloads `image` and `gpt` */
function run(place, program, faults, { words = [], options = [], name, ...more } = {}) {
  const where = placeOf(place);
  const all = Array.from({ length: where.ranks }, (_, rank) => rank);
  const expected = faults.map((fault) => {
    const [kind, rank] = fault.split(":");
    const isOfAll = rank === "-1";
    const hasNoRank = ["data-starvation", "not-a-number", "loss-spike"].includes(kinds[kind]);
    return { kind: kinds[kind], ranks: isOfAll ? (hasNoRank ? [] : all) : [Number(rank)] };
  });
  const given = faults.flatMap((fault) => ["--fault", fault]);
  const isWorkload = program === "image" || program === "gpt";
  const command = isWorkload
    ? ["with_faults.py", `${program}.py`, ...faults, "--", ...words]
    : [`${program}_loop.py`, ...given, ...words];
  return {
    about: `${place}: ${program}, ${[...faults, ...(name === undefined ? [] : [name])].join(" and ") || "no fault"}`,
    ...where,
    command,
    expected,
    options: options.includes("--target") ? options : ["--target", goals[program], ...options],
    capture: expected.some(({ kind }) => kind === "hang" || kind === "collective-mismatch")
      ? "stuck"
      : "end",
    ...more,
  };
}

const helper = { words: ["--helper"] };
const withHelper = (...words) => ({ words: ["--helper", ...words] });
const long = ["--steps", "600"];
const torchrun = { launcher: "torchrun" };
const image = ["--epochs", "4", "--width", "8"];
const gpt = ["--steps", "60", "--layers", "1", "--width", "32", "--length", "32", "--batch", "16"];

const faulty = [
  run("local 5", "numpy", ["truncated_shard:3:17:data"]),
  run("ssh 2x2", "numpy", ["truncated_shard:1:22:data"], helper),
  run("slurm 2x2", "numpy", ["bad_text:2:19:data"]),
  run("local 6", "numpy", ["recursion:4:23"]),
  run("mpi 4", "numpy", ["bad_json:3:25:data"]),
  run("local 4", "numpy", ["data_server_timeout:2:20:data"]),
  run("ssh 2x2", "numpy", ["data_server_timeout:3:16:data"]),
  run("slurm 2x2", "numpy", ["message_exit:1:0:start"]),
  run("local 4", "numpy", ["bus_error:0:21:data"], helper),
  run("ssh 2x3", "numpy", ["double_free:5:18"]),
  run("local 4", "numpy", ["shapes:0:30:evaluation"]),
  run("local 4", "trainer", ["worker_error:2:33:data"], torchrun),
  run("local 4", "trainer", ["message_exit:3:41"], torchrun),
  run("local 4", "image", ["shapes:1:12"], { words: image, ...torchrun }),
  run("local 6", "numpy", ["array_memory:2:24"]),
  run("slurm 2x2", "numpy", ["array_memory:3:28:data"]),
  run("mpi 4", "numpy", ["fork_memory:1:15"]),
  run("local 4", "trainer", ["tensor_memory:1:38"], torchrun),
  run("local 4", "numpy", ["array_disk:0:30:checkpoint"]),
  run("ssh 2x2", "numpy", ["text_disk:2:17"]),
  run("local 4", "trainer", ["tensor_disk:0:40:checkpoint"], torchrun),
  run("ssh 3x2", "numpy", ["library:-1:0:start"], { lacking: "host2", blames: [2, 3] }),
  run("ssh 3x2", "numpy", ["shard:-1:0:start"], { lacking: "host3", blames: [4, 5] }),
  run("local 4", "numpy", ["silent_server:2:35:data"], withHelper(...long)),
  run("local 6", "numpy", ["holds_interpreter:1:32"], withHelper(...long)),
  run("ssh 2x2", "numpy", ["spin:3:34"], withHelper(...long)),
  run("slurm 2x2", "numpy", ["child_process:0:37"], withHelper(...long)),
  run("local 4", "numpy", ["prefetch:3:31:data"], { words: long }),
  run("local 4", "trainer", ["condition:2:45"], { ...helper, ...torchrun }),
  run("local 4", "gpt", ["future:1:25:data"], { words: gpt, ...torchrun }),
  run("local 4", "trainer", ["leaves-early:1:52"], { ...helper, ...torchrun }),
  run("local 4", "trainer", ["skips-gather:3:48"], { ...helper, ...torchrun }),
  run("local 4", "numpy", ["extra-work:2:0"], helper),
  run("ssh 2x2", "numpy", ["extra-work:1:30"], helper),
  run("local 4", "trainer", ["extra-work:3:0"], { ...helper, ...torchrun }),
  run("local 4", "numpy", ["busy-thread:1:10"], withHelper("--hidden", "256")),
  run("local 6", "numpy", ["slow-read:4:0"], helper),
  run("slurm 2x2", "numpy", ["uneven-read:2:0"], helper),
  run("local 4", "numpy", ["slow-read:-1:0"], helper),
  run("local 4", "image", ["slow-read:0:0"], { words: image, ...torchrun }),
  run("local 4", "numpy", ["nan-batch:2:26"], { words: ["--all-log", "--log-every", "1"] }),
  run("ssh 2x2", "numpy", ["nan-batch:1:33"], helper),
  run("local 4", "numpy", ["diverge:-1:31"], {}),
  run("local 4", "numpy", ["bad-labels:3:90"], withHelper("--steps", "150", "--device-ms", "90")),
  run("local 4", "numpy", [], {
    name: "SIGTERM",
    words: long,
    act: { do: "kill-rank", rank: 1, signal: "SIGTERM" },
    blame: [{ kind: "killed", ranks: [1] }],
  }),
  run("local 5", "numpy", [], {
    name: "SIGKILL",
    words: long,
    act: { do: "kill-rank", rank: 0 },
    blame: [{ kind: "killed", ranks: [0] }],
  }),
  run("local 4", "trainer", [], {
    name: "SIGKILL",
    ...torchrun,
    act: { do: "kill-rank", rank: 2 },
    blame: [{ kind: "killed", ranks: [2] }],
  }),
  run("local 4", "numpy", [], {
    name: "SIGSTOP",
    words: [...long, "--helper"],
    capture: "stuck",
    act: { do: "kill-rank", rank: 2, signal: "SIGSTOP" },
    blame: [{ kind: "hang", ranks: [2] }],
  }),
  run("local 4", "numpy", [], {
    name: "stopped and continued",
    words: ["--helper", "--steps", "200"],
    act: { do: "duty", rank: 3 },
    blame: [{ kind: "compute-straggler", ranks: [3] }],
  }),
  run("ssh 3x2", "numpy", [], {
    name: "power-off",
    words: long,
    act: { do: "power-off", host: "host2" },
    blame: [{ kind: "host-lost", ranks: [2, 3] }],
  }),
  run("ssh 2x2", "numpy", [], {
    name: "link-down",
    words: [...long, "--helper"],
    act: { do: "link-down", host: "host2" },
    blame: [{ kind: "host-lost", ranks: [2, 3] }],
  }),
  run("slurm 2x3", "numpy", [], {
    name: "kill-node",
    words: long,
    act: { do: "kill-node", host: "node1" },
    blame: [{ kind: "host-lost", ranks: [0, 1, 2] }],
  }),
  run("slurm 2x2", "numpy", [], {
    name: "preempt",
    words: [...long, "--helper"],
    act: { do: "preempt" },
    blame: [{ kind: "preemption", ranks: [] }],
  }),
  run("local 4", "numpy", ["extra-work:0:0", "bad_json:3:100"], helper),
  run("local 4", "numpy", ["array_memory:1:30", "recursion:2:30"], {}),
];

const healthy = [
  run("local 4", "numpy", [], { name: "a first step of 14 s", words: ["--first-step", "14"] }),
  run("ssh 2x2", "numpy", [], {
    name: "a first step of 14 s",
    words: ["--first-step", "14", "--helper"],
  }),
  run("local 4", "numpy", [], {
    name: "a last evaluation of 15 s",
    words: ["--late-evaluation", "15"],
  }),
  run("slurm 2x2", "numpy", [], {
    name: "a last evaluation of 15 s",
    words: ["--late-evaluation", "15", "--helper"],
  }),
  run("local 4", "numpy", [], {
    name: "evaluations of 4 s",
    words: ["--evaluation", "4", "--helper"],
  }),
  run("local 5", "numpy", [], { name: "uneven logging", words: ["--uneven-log", "--helper"] }),
  run("ssh 2x2", "numpy", [], {
    name: "uneven logging",
    words: ["--uneven-log", "--steps", "200"],
  }),
  run("local 4", "numpy", [], {
    name: "checkpoints of 6 s on rank 0",
    words: ["--checkpoint", "6", "--helper"],
  }),
  run("slurm 2x2", "numpy", [], {
    name: "checkpoints of 6 s on rank 0",
    words: ["--checkpoint", "6"],
  }),
  run("local 6", "numpy", [], {
    name: "errors that it goes on from",
    words: ["--recovers", "--helper", "--all-log"],
  }),
  run("ssh 2x2", "numpy", [], { name: "errors that it goes on from", words: ["--recovers"] }),
  run("local 4", "numpy", [], {
    name: "accumulated gradients",
    words: ["--accumulate", "8", "--helper"],
  }),
  run("local 4", "numpy", [], {
    name: "a learning rate that restarts",
    words: ["--restarts", "--helper", "--steps", "200"],
  }),
  run("mpi 4", "numpy", [], { name: "no fault" }),
  run("local 4", "numpy", [], {
    name: "rank 0 writes logs",
    words: ["--first-rank-logs", "3", "--helper"],
  }),
  run("local 8", "numpy", [], { name: "no fault", words: ["--helper"] }),
  run("local 4", "numpy", [], {
    name: "ends below its target",
    words: ["--helper"],
    options: ["--target", "val_acc>=2"],
  }),
  run("local 4", "trainer", [], {
    name: "a first step of 12 s",
    words: ["--first-step", "12", "--helper"],
    ...torchrun,
  }),
  run("local 4", "trainer", [], {
    name: "checkpoints of 5 s on rank 0",
    words: ["--save-seconds", "5"],
    ...torchrun,
  }),
  run("local 4", "trainer", [], {
    name: "accumulated gradients",
    words: ["--accumulation", "4", "--helper"],
    ...torchrun,
  }),
  run("local 4", "image", [], { name: "no fault", words: image, ...torchrun }),
  run("local 4", "gpt", [], { name: "no fault", words: gpt, ...torchrun }),
  run("ssh 2x2", "gpt", [], { name: "no fault", words: gpt, ...torchrun }),
];

export const unseenRuns = [...faulty, ...healthy].map(labelled);

/** @param planned `blame`: what is done from outside; `blames`: the ranks of the host that lacks something */
function labelled({ blames, blame, ...planned }) {
  const ofHost = planned.expected.map(({ kind }) => ({ kind, ranks: blames }));
  const expected = blame ?? (blames === undefined ? planned.expected : ofHost);
  return { ...planned, faults: [], words: [], expected };
}
