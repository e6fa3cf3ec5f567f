// The labelled runs that `bench/record-faults.js` performs: what is injected, on which rank, when, and under which launch target.

const kinds = {
  index: "crash",
  key: "crash",
  assert: "crash",
  value: "crash",
  exit: "crash",
  "silent-exit": "crash",
  segv: "crash",
  abort: "crash",
  kill: "killed",
  memory: "out-of-memory",
  hungry: "out-of-memory",
  disk: "disk-full",
  module: "configuration",
  file: "configuration",
  hang: "hang",
  loader: "hang",
  lock: "hang",
  poll: "hang",
  stop: "hang",
  "victims-first": "crash",
  "late-exit": "crash",
  slow: "compute-straggler",
  "slow-data": "data-starvation",
  nan: "not-a-number",
  spike: "loss-spike",
};

/** `local 4`, `ssh 2x2` and `slurm 2x2`: hosts and ranks of each. */
function placeOf(text) {
  const [target, size] = text.split(" ");
  const [hosts, perHost] = size.includes("x") ? size.split("x").map(Number) : [1, Number(size)];
  return { target, hosts, perHost, ranks: hosts * perHost };
}

/**
 * One run.
 *
 * @param place where it runs
 * @param faults `KIND:RANK:STEP[:PLACE]`; rank -1 is all ranks
 */
function run(place, faults, more = {}) {
  const { target, hosts, perHost, ranks } = placeOf(place);
  const expected = faults.map((fault) => {
    const [kind, rank] = fault.split(":");
    const all = Array.from({ length: ranks }, (_, index) => index);
    const ofKind = kinds[kind];
    if (rank !== "-1") return { kind: ofKind, ranks: [Number(rank)] };
    return { kind: ofKind, ranks: ofKind === "data-starvation" ? [] : all };
  });
  const isHang = expected.some(({ kind }) => kind === "hang");
  return {
    about: `${place}: ${faults.join(" and ") || (more.name ?? "no fault")}${more.helper ? ", pitwall.py" : ""}`,
    target,
    hosts,
    perHost,
    ranks,
    faults,
    words: [],
    expected,
    capture: isHang ? "stuck" : "end",
    ...more,
  };
}

const helper = { helper: true };
const everyRankSpeaks = { words: ["--say", "all"] };

const failing = [
  // Errors of one rank, in each phase of the training.
  run("local 2", ["index:0:12"]),
  run("local 4", ["key:3:5"], helper),
  run("local 3", ["assert:1:20:evaluation"]),
  run("local 8", ["value:6:9"]),
  run("local 4", ["exit:2:15"]),
  run("local 2", ["silent-exit:1:8"]),
  run("local 4", ["segv:1:11"], helper),
  run("local 3", ["abort:2:7"]),
  run("local 4", ["index:1:0:start"]),
  run("local 2", ["key:0:9:checkpoint"], helper),
  run("local 4", ["index:-1:10"]),
  run("mpi 3", ["key:1:12"]),
  run("mpi 4", ["kill:2:10"]),
  run("mpi 2", ["memory:0:8"]),
  run("ssh 2x2", ["index:3:14"]),
  run("ssh 3x1", ["segv:0:10"], helper),
  run("ssh 2x4", ["value:5:12:evaluation"]),
  run("ssh 2x2", ["exit:1:8"]),
  run("slurm 2x2", ["key:2:10"]),
  run("slurm 2x1", ["assert:0:16"], helper),
  run("slurm 2x4", ["segv:7:9"]),
  run("slurm 2x2", ["silent-exit:3:12"]),
  run("local 1", ["index:0:12"]),
  // The first error that is seen is that of a victim.
  run("local 4", ["victims-first:2:12"]),
  run("local 4", ["late-exit:1:9"]),
  run("local 8", ["late-exit:5:14"], helper),
  run("ssh 2x2", ["victims-first:1:10"]),
  run("ssh 3x1", ["late-exit:2:15"]),
  run("slurm 2x2", ["late-exit:0:12"]),
  run("slurm 2x2", ["victims-first:3:8"]),
  // Processes ended from outside.
  run("local 2", ["kill:1:10"]),
  run("local 4", ["kill:0:20"], helper),
  run("local 8", ["kill:7:5"]),
  run("ssh 2x2", ["kill:2:12"]),
  run("ssh 3x1", ["kill:0:8:checkpoint"], helper),
  run("slurm 2x2", ["kill:1:15"]),
  run("slurm 2x1", ["kill:1:9:evaluation"]),
  // Memory and disks.
  run("local 2", ["memory:1:12"]),
  run("local 4", ["memory:3:6:data"], helper),
  run("ssh 2x2", ["memory:0:10"]),
  run("slurm 2x2", ["memory:2:14"]),
  run("slurm 2x1", ["hungry:1:6"], { options: ["--sbatch=--mem=300M"] }),
  run("local 3", ["disk:0:9:checkpoint"]),
  run("local 4", ["disk:2:19:checkpoint"], helper),
  run("ssh 2x2", ["disk:3:9:checkpoint"]),
  run("slurm 2x2", ["disk:1:9:checkpoint"]),
  run("mpi 3", ["disk:2:9:checkpoint"]),
  // One host lacks something that the others have.
  run("ssh 3x1", ["module:-1:0:start"], { lacking: "host2", blames: [1] }),
  run("ssh 2x2", ["module:-1:0:start"], { lacking: "host1", blames: [0, 1] }),
  run("ssh 3x2", ["file:-1:0:start"], { lacking: "host3", blames: [4, 5] }),
  run("ssh 3x1", ["file:-1:0:start"], { lacking: "host1", blames: [0], ...helper }),
  // NaN and a loss spike.
  run("local 3", ["nan:1:12"], everyRankSpeaks),
  run("local 4", ["nan:2:8"], { words: ["--say", "all"], helper: true }),
  run("ssh 2x2", ["nan:3:10"], everyRankSpeaks),
  run("slurm 2x2", ["nan:0:14"], everyRankSpeaks),
  run("local 2", ["spike:1:70"], { helper: true, words: ["--steps", "100"] }),
  run("local 4", ["spike:2:75"], { helper: true, words: ["--steps", "100"] }),
  run("ssh 2x2", ["spike:3:70"], { helper: true, words: ["--steps", "100"] }),
];

/** The training reaches its target, slower. */
const slow = [
  run("local 3", ["slow:1:0"], helper),
  run("local 4", ["slow:0:0"], helper),
  run("local 8", ["slow:5:0"], helper),
  run("local 2", ["slow:1:10"], { helper: true, words: ["--steps", "60"] }),
  run("ssh 2x2", ["slow:2:0"], helper),
  run("ssh 3x1", ["slow:0:0"], helper),
  run("slurm 2x2", ["slow:3:0"], helper),
  run("local 4", ["slow-data:2:0"], helper),
  run("local 3", ["slow-data:0:0"], helper),
  run("local 2", ["slow-data:-1:0"], helper),
  run("local 4", ["slow-data:-1:0"], helper),
  run("ssh 2x2", ["slow-data:1:0"], helper),
  run("ssh 2x2", ["slow-data:-1:0"], helper),
  run("slurm 2x2", ["slow-data:0:0"], helper),
  run("slurm 2x1", ["slow-data:-1:0"], helper),
];

const stuck = [
  run("local 4", ["hang:2:15"], helper),
  run("local 3", ["loader:0:20:data"], helper),
  run("local 4", ["lock:3:12"], helper),
  run("local 8", ["poll:6:14"], helper),
  run("local 3", ["stop:1:13"], helper),
  run("local 1", ["hang:0:14"]),
  run("local 4", ["hang:1:16"], everyRankSpeaks),
  run("local 4", ["lock:0:18"]),
  run("local 2", ["hang:1:15:evaluation"], helper),
  run("ssh 2x2", ["hang:3:15"], helper),
  run("ssh 3x1", ["loader:1:13:data"], helper),
  run("ssh 2x2", ["stop:2:14"], helper),
  run("slurm 2x2", ["hang:0:15"], helper),
  run("slurm 2x2", ["lock:2:12"], helper),
];

/** What is done to the job from outside, once it has printed the line of a step. */
function acted(place, act, expected, more = {}) {
  return run(place, [], { act, expected, name: act.do, ...more });
}

const long = ["--steps", "400"];
const lost = (ranks) => [{ kind: "host-lost", ranks }];

const outside = [
  acted("ssh 3x1", { do: "power-off", host: "host2" }, lost([1]), { words: long }),
  acted("ssh 2x2", { do: "power-off", host: "host2" }, lost([2, 3]), { words: long, ...helper }),
  acted("ssh 3x2", { do: "power-off", host: "host3" }, lost([4, 5]), { words: long }),
  acted("ssh 2x2", { do: "link-down", host: "host1" }, lost([0, 1]), { words: long }),
  acted("ssh 3x1", { do: "link-down", host: "host3" }, lost([2]), { words: long, ...helper }),
  acted("slurm 2x2", { do: "kill-node", host: "node2" }, lost([2, 3]), { words: long }),
  acted("slurm 2x1", { do: "kill-node", host: "node1" }, lost([0]), { words: long }),
  acted("slurm 2x2", { do: "preempt" }, [{ kind: "preemption", ranks: [] }], { words: long }),
  acted("slurm 2x1", { do: "preempt" }, [{ kind: "preemption", ranks: [] }], {
    words: long,
    ...helper,
  }),
  acted("local 3", { do: "kill-pitwall" }, [{ kind: "launcher-killed", ranks: [] }], {
    words: long,
  }),
  acted("local 2", { do: "kill-pitwall" }, [{ kind: "launcher-killed", ranks: [] }], {
    words: long,
    ...helper,
  }),
  acted("ssh 2x2", { do: "kill-pitwall" }, [{ kind: "launcher-killed", ranks: [] }], {
    words: long,
  }),
  acted("slurm 2x2", { do: "kill-pitwall" }, [{ kind: "launcher-killed", ranks: [] }], {
    words: long,
  }),
  acted("local 2", { do: "nothing" }, [{ kind: "out-of-time", ranks: [] }], {
    words: long,
    options: ["--max-time", "3s"],
  }),
  acted("ssh 2x2", { do: "nothing" }, [{ kind: "out-of-time", ranks: [] }], {
    words: long,
    options: ["--max-time", "3s"],
    ...helper,
  }),
  acted("slurm 2x2", { do: "nothing" }, [{ kind: "out-of-time", ranks: [] }], {
    words: long,
    options: ["--max-time", "3s"],
  }),
  acted("local 4", { do: "kill-rank", rank: 2 }, [{ kind: "killed", ranks: [2] }], { words: long }),
  acted("ssh 2x2", { do: "kill-rank", rank: 1 }, [{ kind: "killed", ranks: [1] }], { words: long }),
];

const twice = [
  run("local 4", ["kill:0:10", "key:2:10"]),
  run("local 4", ["memory:1:10", "disk:3:10"], helper),
  run("local 4", ["slow:0:0", "slow-data:2:0"], helper),
  run("local 4", ["hang:1:15", "loader:3:15"], helper),
  run("ssh 2x2", ["disk:0:9:checkpoint", "memory:3:9:checkpoint"]),
  run("slurm 2x2", ["memory:0:12", "disk:2:12"]),
  run("local 3", ["slow:1:0", "kill:2:30"], helper),
  run("local 4", ["slow-data:-1:0", "key:1:30"], helper),
  run("ssh 2x2", ["slow:3:0", "index:1:32"], helper),
];

const torch = [
  ["hang", 1, 90, "hang"],
  ["hang", 0, 80, "hang"],
  ["skip", 2, 82, "collective-mismatch"],
  ["other", 1, 85, "collective-mismatch"],
  ["kill", 2, 20, "killed"],
  ["kill", 0, 15, "killed"],
  ["crash", 1, 18, "crash"],
  ["crash", 2, 30, "crash"],
  ["none", 0, 0, undefined],
  ["none", 0, 1, undefined],
].map(([fault, rank, step, kind]) =>
  run("local 3", [], {
    torch: [fault, String(rank), String(step)],
    about: `local 3: DDP on gloo, ${fault === "none" ? "no fault" : `${fault}:${rank}:${step}`}`,
    expected: kind === undefined ? [] : [{ kind, ranks: [rank] }],
    capture: kind === "hang" || kind === "collective-mismatch" ? "stuck" : "end",
  }),
);

const places = [
  "local 1",
  "local 2",
  "local 4",
  "local 8",
  "mpi 3",
  "ssh 2x2",
  "ssh 3x1",
  "slurm 2x2",
  "slurm 2x1",
];
const healthy = [
  ...places.map((place) => run(place, [])),
  ...places.filter((place) => !place.startsWith("mpi")).map((place) => run(place, [], helper)),
  ...["local 2", "local 4", "ssh 2x2", "slurm 2x2"].map((place) =>
    run(place, [], {
      name: "warnings that programs recover from",
      words: ["--chatter"],
      ...helper,
    }),
  ),
  ...["local 2", "local 3", "ssh 2x2"].map((place) =>
    run(place, [], { name: "one long evaluation", words: ["--pause", "9"] }),
  ),
  ...["local 4", "local 8", "ssh 2x2", "slurm 2x2"].map((place) =>
    run(place, [], { name: "stages of different length", words: ["--stages"], ...helper }),
  ),
  ...["local 3", "ssh 2x2", "slurm 2x1"].map((place) =>
    run(place, [], { name: "ends below its target", options: ["--target", "val_acc>=2"] }),
  ),
  ...["local 2", "ssh 2x2", "slurm 2x2"].map((place) =>
    run(place, [], { name: "Ctrl-C", act: { do: "interrupt" }, words: long }),
  ),
  ...["local 3", "local 4", "ssh 2x2", "slurm 2x2"].map((place) =>
    run(place, [], {
      name: "while it runs",
      act: { do: "look" },
      words: long,
      capture: "running",
      ...helper,
    }),
  ),
  ...["local 4", "ssh 2x2"].map((place) =>
    run(place, [], { name: "every rank prints", words: ["--say", "all", "--step-ms", "20"] }),
  ),
  ...["local 2", "local 4"].map((place) =>
    run(place, [], {
      name: "steps of 5 ms",
      words: ["--step-ms", "5", "--steps", "300"],
      ...helper,
    }),
  ),
];

/** All runs, in an order that mixes kinds, so that a part of them has every kind. */
export const plannedRuns = [
  ...failing,
  ...slow,
  ...stuck,
  ...outside,
  ...twice,
  ...torch,
  ...healthy,
].map(({ blames, ...planned }, index) => ({
  ...planned,
  id: index + 1,
  ...(blames === undefined
    ? {}
    : { expected: planned.expected.map(({ kind }) => ({ kind, ranks: blames })) }),
}));
