// Dumps of NCCL jobs as Flight Recorder writes them: ranks enqueue calls ahead of the GPU, so that those who wait have several unfinished ones.
import { ranksOf } from "../fourth/folder-texts.js";
import { writePickle } from "./write-pickle.js";

/**
 * A mesh of tensor pairs, data groups and pipeline stages: `groups` by kind, with the names that PyTorch numbers.
 *
 * @param sizes of `tp`, `dp` and `pp`; ranks are counted through `tp` first, `pp` last
 */
export function meshOf({ tp = 1, dp = 1, pp = 1 }, names) {
  const world = tp * dp * pp;
  const groups = [{ kind: "world", desc: names.world ?? "default_pg", ranks: ranksOf(world) }];
  const place = (rank) => [rank % tp, Math.floor(rank / tp) % dp, Math.floor(rank / (tp * dp))];
  for (const [axis, kind] of ["tp", "dp", "pp"].entries()) {
    const byOthers = new Map();
    for (const rank of ranksOf(world)) {
      const key = place(rank)
        .filter((_, index) => index !== axis)
        .join();
      byOthers.set(key, [...(byOthers.get(key) ?? []), rank]);
    }
    for (const ranks of byOthers.values())
      if (ranks.length > 1) groups.push({ kind, desc: names[kind], ranks });
  }
  return {
    world,
    groups: groups.map((group, index) => Object.assign(group, { name: String(index) })),
  };
}

/**
 * What each rank has called when nothing moves any more.
 *
 * @param programOf calls of a rank: `{ kind, operation, sizes, dtype, peer }`, the last of them for a peer of the pipeline
 * @param stops the number of calls after which a rank makes no other
 * @param ahead calls that a rank enqueues while one is unfinished
 */
export function runJob(mesh, programOf, { stops = new Map(), ahead = 2, limits } = {}) {
  const ranks = ranksOf(mesh.world);
  const programs = ranks.map((rank) => numbered(mesh, rank, programOf(rank)));
  const enqueued = ranks.map(() => 0);
  const done = ranks.map(() => 0);
  let hasMoved = true;
  while (hasMoved) {
    hasMoved = false;
    for (const rank of ranks) {
      const end = Math.min(
        programs[rank].length,
        stops.get(rank) ?? Infinity,
        limits?.(rank) ?? Infinity,
      );
      if (enqueued[rank] < end && enqueued[rank] - done[rank] <= ahead) {
        enqueued[rank]++;
        hasMoved = true;
      }
    }
    for (const rank of ranks)
      if (done[rank] < enqueued[rank] && isReady(programs[rank][done[rank]])) {
        done[rank]++;
        hasMoved = true;
      }
  }
  return ranks.map((rank) => ({
    rank,
    calls: programs[rank].slice(0, enqueued[rank]),
    done: done[rank],
  }));

  function isReady(call) {
    return call.members.every((member) => {
      const index = programs[member].findIndex(({ key }) => key === call.key);
      if (index === -1 || index >= enqueued[member]) return false;
      // Calls run in their order, and only if they fit each other.
      const other = programs[member][index];
      return index === done[member] || index < done[member] ? fits(call, other) : false;
    });
  }
}

const fits = (one, other) =>
  one.isPair ||
  (one.operation === other.operation &&
    one.dtype === other.dtype &&
    (one.operation.includes("all_to_all") || one.sizes.join() === other.sizes.join()));

function numbered(mesh, rank, program) {
  const counts = new Map();
  return program.map((call) => {
    const group = mesh.groups.find(({ kind, ranks }) => kind === call.kind && ranks.includes(rank));
    const isPair = call.peer !== undefined;
    const pair = isPair
      ? call.operation === "send"
        ? `${rank}>${call.peer}`
        : `${call.peer}>${rank}`
      : "";
    const counter = `${group.name} ${pair}`;
    const number = (counts.get(counter) ?? 0) + 1;
    counts.set(counter, number);
    const members = isPair ? [rank, call.peer] : group.ranks;
    return {
      dtype: "BFloat16",
      ...call,
      group,
      isPair,
      members,
      number,
      key: `${counter} ${number}`,
    };
  });
}

/** The value of a dump. @param form `pickle` or `json` @param keeps entries of the ring buffer */
export function dumpOf(
  mesh,
  { rank, calls, done },
  {
    form = "pickle",
    keeps = 2000,
    version = "2.10",
    timing = true,
    baseNs = 1_796_100_000_000_000_000n,
  } = {},
) {
  const own = mesh.groups.filter(({ ranks }) => ranks.includes(rank));
  const places = new Map(own.map(({ name }, index) => [name, index]));
  const start = (index) => baseNs + BigInt(index * 41_000_000 + rank * 31_007);
  const whole = (value) => (form === "json" ? Number(value) : value);
  const status = (value) => (form === "json" ? String(value) : value);
  const entries = calls.map((call, index) => {
    const isDone = index < done;
    const isStarted = isDone || (timing && index === done);
    const suffix = call.isPair
      ? call.operation === "send"
        ? ` ${rank}->${call.peer}`
        : ` ${rank}<-${call.peer}`
      : "";
    return {
      frames: frames(form, call),
      record_id: index,
      pg_id: places.get(call.group.name),
      process_group:
        form === "json"
          ? [call.group.name, call.group.desc]
          : { tuple: [call.group.name, call.group.desc] },
      collective_seq_id: call.isPair ? 0 : call.number,
      p2p_seq_id: call.isPair ? call.number : 0,
      op_id: call.number,
      profiling_name: `nccl:${call.operation}${suffix}`,
      time_created_ns: whole(start(index)),
      ...(isDone && timing ? { duration_ms: 3.25 + (index % 7) / 8 } : {}),
      input_sizes: [call.sizes],
      input_dtypes: [call.dtype],
      output_sizes: [call.outputs ?? call.sizes],
      output_dtypes: [call.dtype],
      state: isDone ? "completed" : isStarted ? "started" : "scheduled",
      time_discovered_started_ns: isStarted && timing ? whole(start(index) + 400_000n) : null,
      time_discovered_completed_ns: isDone ? whole(start(index) + 5_100_000n) : null,
      retired: isDone,
      timeout_ms: 600_000,
      is_p2p: call.isPair,
    };
  });
  const last = (name, count) =>
    calls.slice(0, count).findLast(({ group, isPair }) => group.name === name && !isPair)?.number ??
    -1;
  const value = {
    version,
    ...(form === "json" ? {} : { nccl_version: "2.27.5" }),
    pg_config: Object.fromEntries(
      own.map(({ name, desc, ranks }) => [name, { name, desc, ranks: `[${ranks.join(", ")}]` }]),
    ),
    pg_status: Object.fromEntries(
      own.map(({ name }) => [
        String(places.get(name)),
        {
          last_enqueued_collective: status(last(name, calls.length)),
          last_started_collective: status(
            timing ? last(name, Math.min(done + 1, calls.length)) : -1,
          ),
          last_completed_collective: status(last(name, done)),
        },
      ]),
    ),
    entries: entries.slice(-keeps),
  };
  return form === "json" ? JSON.stringify(value) : writePickle(value);
}

const frames = (form, { operation, at = 204 }) =>
  form === "json"
    ? []
    : [
        {
          name: operation,
          filename: "/opt/env/lib/python3.12/site-packages/torch/distributed/distributed_c10d.py",
          line: 2927,
        },
        {
          name: "wrapper",
          filename: "/opt/env/lib/python3.12/site-packages/torch/distributed/c10d_logger.py",
          line: 81,
        },
        { name: "train_step", filename: "/workspace/pretrain/run.py", line: at },
      ];

/** A file for each rank. @param nameOf of the file */
export function filesOf(mesh, job, nameOf, { without = [], ...options } = {}) {
  return Object.fromEntries(
    job
      .filter(({ rank }) => !without.includes(rank))
      .map((each) => [nameOf(each.rank), dumpOf(mesh, each, options)]),
  );
}
