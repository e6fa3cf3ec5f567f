// Labelled ends of simulated runs: events, and lines in the words of PyTorch, the kernel and Slurm. In most of them a victim prints and ends first.
const sizes = [2, 4, 8, 32, 256, 4096];
const victims = [
  "RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.{n}]:{p}",
  "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:2027, remote process exited or there was a network error",
  "RuntimeError: [../gloo/transport/tcp/unbound_buffer.cc:81] Timed out waiting 1800000ms for recv operation to complete",
  "ConnectionResetError: [Errno 104] Connection reset by peer",
  "RuntimeError: Broken pipe",
];
/** Lines that a healthy program prints too. */
const chatter = [
  "step {n} loss=0.{p} lr=0.001",
  "epoch {n} val_acc=0.{p}",
  "UserWarning: The given NumPy array is not writable",
  "INFO: retrying download after connection reset, attempt 2",
  "warning: could not open cache file: No such file or directory",
  "checkpoint saved to /data/step-{n}.pt",
];

const causes = {
  crash: {
    lines: [
      "IndexError: index {n} is out of bounds for dimension 0 with size 10",
      "KeyError: 'labels'",
      "AssertionError: loss did not decrease",
      "Segmentation fault (core dumped)",
    ],
    end: { exitCode: 1 },
  },
  killed: { lines: [], end: { signal: "SIGKILL" } },
  "out-of-memory": {
    lines: [
      "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate {n}.00 GiB. GPU 0 has a total capacity of 79.1 GiB",
      "RuntimeError: [enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate {n}000 bytes.",
      "slurmstepd: error: Detected 1 oom_kill event in StepId={n}.0. Some of the step tasks have been OOM Killed.",
    ],
    end: { exitCode: 1 },
  },
  "disk-full": {
    lines: [
      "OSError: [Errno 28] No space left on device",
      "RuntimeError: [enforce fail at inline_container.cc:603] . unexpected pos 64 vs 0 No space left on device",
    ],
    end: { exitCode: 1 },
  },
  "bad-checkpoint": {
    lines: [
      "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory",
      "safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge",
    ],
    end: { exitCode: 1 },
  },
  "accelerator-error": {
    lines: [
      "torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered",
      "NVRM: Xid (PCI:0000:{n}:00): 79, pid={p}, GPU has fallen off the bus.",
    ],
    end: { exitCode: 1 },
  },
  configuration: {
    lines: [
      "ModuleNotFoundError: No module named 'flash_attn'",
      "ImportError: libcudart.so.12: cannot open shared object file: No such file or directory",
    ],
    end: { exitCode: 1 },
  },
  "not-a-number": { lines: ["step {n} loss=nan"], end: undefined },
  "host-lost": { lines: [], end: undefined },
  "out-of-time": { lines: [], end: undefined },
  preemption: { lines: [], end: undefined },
  "launcher-killed": { lines: [], end: undefined },
};

export function endCase(kind, random) {
  const world = sizes[random.below(sizes.length)];
  const perHost = world === 2 ? 1 : Math.min(8, world / 2);
  const hostOf = (rank) => `host${Math.floor(rank / perHost)}`;
  const rank = random.below(world);
  const pick = (list) => list[random.below(list.length)];
  const fill = (text) =>
    text
      .replaceAll("{n}", String(1 + random.below(90)))
      .replaceAll("{p}", String(100 + random.below(900)));
  const lines = [];
  for (let index = 0; index < 30; index++)
    lines.push({ rank: random.below(world), text: fill(pick(chatter)) });
  const events = Array.from({ length: world }, (_, each) => ({
    kind: "launched",
    host: hostOf(each),
    rank: each,
    localRank: each % perHost,
  }));
  const exit = (each, end) =>
    events.push({ kind: "rank-exited", host: hostOf(each), rank: each, ...end });
  const run = { outcome: { kind: "died", exitCode: 1 }, state: "finished", findings: [] };
  const build = {
    kind,
    world,
    perHost,
    hostOf,
    rank,
    pick,
    fill,
    lines,
    events,
    exit,
    run,
    random,
  };
  const expected = kind === "none" ? healthy(build) : faulty(build);
  return {
    source: "simulated ends",
    expected,
    about: `${world} ranks on ${Math.ceil(world / perHost)} hosts, ${kind === "none" ? "no fault" : `${kind} on rank ${rank}`}`,
    lines,
    events,
    ...run,
  };
}

function healthy({ events, exit, run, random, world }) {
  const how = random.below(3);
  if (how === 0) {
    events.push({ kind: "stopping", reason: "target" });
    for (let each = 0; each < Math.min(world, 16); each++) exit(each, { signal: "SIGTERM" });
    run.outcome = { kind: "reached", timeToTrainMs: 1000 };
  } else if (how === 1) {
    for (let each = 0; each < world; each++) exit(each, { exitCode: 0 });
    run.outcome = { kind: "missed", reason: "ended" };
  } else {
    events.push({ kind: "stopping", reason: "interrupt" });
    run.outcome = { kind: "interrupted" };
  }
  return [];
}

function faulty(build) {
  const { kind, rank, hostOf, perHost, world, events, run, lines, fill, exit } = build;
  switch (kind) {
    case "host-lost": {
      printVictims(build, (each) => hostOf(each) !== hostOf(rank));
      events.push({ kind: "host-lost", host: hostOf(rank), reason: "no answer for 60 s" });
      const first = Math.floor(rank / perHost) * perHost;
      return [
        {
          kind,
          ranks: Array.from(
            { length: Math.min(perHost, world - first) },
            (_, index) => first + index,
          ),
        },
      ];
    }
    case "out-of-time":
    case "preemption": {
      const state = kind === "preemption" ? "PREEMPTED" : "TIMEOUT";
      const word = kind === "preemption" ? "PREEMPTION" : "TIME LIMIT";
      lines.push({
        rank,
        text: `slurmstepd: error: *** STEP 7.0 ON n1 CANCELLED AT 2026-11-29T08:00:00 DUE TO ${word} ***`,
      });
      printVictims(build, () => true);
      events.push({
        kind: "ended-by-scheduler",
        scheduler: "slurm",
        state,
        reason: state.toLowerCase(),
      });
      return [{ kind, ranks: [] }];
    }
    case "launcher-killed":
      run.outcome = undefined;
      run.state = "abandoned";
      return [{ kind, ranks: [] }];
    case "not-a-number":
      // The weights of all ranks are NaN one step later.
      lines.push({ rank, text: "step 91 loss=nan" });
      for (let each = 0; each < Math.min(world, 8); each++)
        lines.push({ rank: each, text: "step 92 loss=nan" });
      events.push({ kind: "stopping", reason: "not-a-number" });
      run.outcome = { kind: "missed", reason: "not-a-number" };
      return [{ kind, ranks: [rank] }];
    default:
      return failing(build, exit);
  }
}

/** A rank fails by itself; victims often print, and end, before it. */
function failing(build, exit) {
  const { kind, rank, hostOf, perHost, world, lines, fill, pick, random, events } = build;
  const { lines: said, end } = causes[kind];
  const isVictimFirst = random.uniform() < 0.7;
  const blamed = kind === "configuration" ? sameHost(rank, { world, perHost }) : [rank];
  if (isVictimFirst)
    printVictims(build, (each) => hostOf(each) !== hostOf(rank) || !blamed.includes(each));
  if (said.length > 0) {
    const text = fill(pick(said));
    for (const each of blamed)
      lines.push({ rank: each, text: random.uniform() < 0.5 ? text : `[rank${each}]: ${text}` });
  }
  for (const each of blamed) exit(each, end);
  events.push({ kind: "stopping", reason: "failure" });
  for (let each = 0; each < Math.min(world, 64); each++)
    if (!blamed.includes(each))
      exit(each, { signal: random.uniform() < 0.8 ? "SIGTERM" : "SIGKILL" });
  return [{ kind, ranks: blamed }];
}

function sameHost(rank, { world, perHost }) {
  const first = Math.floor(rank / perHost) * perHost;
  return Array.from({ length: Math.min(perHost, world - first) }, (_, index) => first + index);
}

function printVictims({ world, rank, lines, fill, pick, exit, random }, isVictim) {
  const count = Math.min(world - 1, 1 + random.below(6));
  for (let index = 0; index < count; index++) {
    const each = (rank + 1 + random.below(world - 1)) % world;
    if (each === rank || !isVictim(each)) continue;
    lines.push({ rank: each, text: fill(pick(victims)) });
    exit(each, { exitCode: 1 });
  }
}

export const endKinds = Object.keys(causes);
