// Dumps in PyTorch's format of jobs with tensor pairs, data and pipeline groups, and stacks in py-spy's words.
import { lines, ranksOf } from "../fourth/folder-texts.js";

/** Groups of a mesh: pairs, ranks of one residue within each half, and the two halves. */
export function meshOf(world) {
  const half = world / 2;
  const groups = { default_pg: ranksOf(world) };
  for (const pair of ranksOf(world / 2)) groups[`tp${pair}`] = [2 * pair, 2 * pair + 1];
  for (const stage of [0, 1])
    for (const residue of [0, 1])
      groups[`dp${stage}${residue}`] = ranksOf(half / 2).map(
        (index) => stage * half + 2 * index + residue,
      );
  for (const place of ranksOf(half)) groups[`pp${place}`] = [place, place + half];
  return groups;
}

/**
 * A dump of a rank after some steps of `tp all_reduce` twice, `dp reduce_scatter` and `pp all_reduce`.
 *
 * @param culprit the rank that does not make its last call in the group `at` names, or makes the `other` one
 */
export function dumpOf(rank, groups, { culprit, at = "dp", backend = "nccl", other }) {
  const own = Object.entries(groups).filter(([, ranks]) => ranks.includes(rank));
  const nameOf = (kind) => own.find(([name]) => name.startsWith(kind))[0];
  const step = [
    [nameOf("tp"), "all_reduce", [8, 4096]],
    [nameOf("tp"), "all_reduce", [8, 4096]],
    [nameOf("dp"), "_reduce_scatter_base", [1024, 1024]],
    [nameOf("pp"), "all_reduce", [1]],
  ];
  const calls = ranksOf(9).flatMap(() => step);
  let pending = 0;
  if (culprit !== undefined) {
    const reached = lastStep(rank, groups, culprit, at, nameOf);
    calls.push(...step.slice(0, reached.count));
    pending = reached.pending;
    // Those who come through the step wait for a rank that did not, in the next one.
    if (pending === 0 && rank !== culprit) {
      calls.push(step[0]);
      pending = 1;
    }
    if (rank === culprit && other !== undefined) {
      const place = at === "tp" ? 0 : 2;
      calls.push([step[place][0], other, step[place][2]]);
      pending = 1;
    }
  }
  const numbers = new Map();
  const entries = calls.map(([group, operation, sizes], index) => {
    const number = (numbers.get(group) ?? 0) + 1;
    numbers.set(group, number);
    const isPending = index >= calls.length - pending;
    const at = 1_795_100_000_000_000_000 + index * 22_000_000 + rank * 1700;
    const isGloo = backend === "gloo";
    return {
      record_id: index,
      pg_id: own.findIndex(([name]) => name === group),
      process_group: [String(Object.keys(groups).indexOf(group)), group],
      collective_seq_id: number,
      p2p_seq_id: 0,
      op_id: number,
      profiling_name: `${backend}:${operation}`,
      time_created_ns: at,
      ...(isPending || isGloo ? {} : { duration_ms: 2.2 }),
      input_sizes: [sizes],
      input_dtypes: ["Float"],
      output_sizes: [sizes],
      output_dtypes: ["Float"],
      state: isGloo ? "scheduled" : isPending ? "started" : "completed",
      time_discovered_started_ns: isGloo ? null : at + 700_000,
      time_discovered_completed_ns: isPending || isGloo ? null : at + 4_000_000,
      retired: !isPending,
      timeout_ms: 1_800_000,
      is_p2p: false,
      frames: [
        { name: operation, filename: "/opt/env/torch/distributed/distributed_c10d.py", line: 2810 },
        { name: "train_step", filename: "/opt/job/pretrain.py", line: 300 + (index % 4) },
      ],
    };
  });
  return JSON.stringify({
    version: "2.5",
    pg_config: Object.fromEntries(
      own.map(([name, ranks], index) => [
        String(index),
        {
          name: String(Object.keys(groups).indexOf(name)),
          desc: name,
          ranks: JSON.stringify(ranks),
        },
      ]),
    ),
    pg_status: {},
    entries,
  });
}

/** How many calls of the last step a rank has made, and whether it waits in the last of them. */
function lastStep(rank, groups, culprit, at, nameOf) {
  if (at === "tp") {
    // The partner waits at once; those that need one of both later.
    if (rank === culprit) return { count: 0, pending: 0 };
    const pair = Math.floor(culprit / 2);
    if (Math.floor(rank / 2) === pair) return { count: 1, pending: 1 };
    const blocked = groups[nameOf("dp")].some((member) => Math.floor(member / 2) === pair);
    return blocked ? { count: 3, pending: 1 } : { count: 4, pending: 1 };
  }
  if (rank === culprit) return { count: 2, pending: 0 };
  return groups[nameOf("dp")].includes(culprit)
    ? { count: 3, pending: 1 }
    : { count: 4, pending: waitsInPipe(rank, groups, culprit, nameOf) ? 1 : 0 };
}

/** Whether the other stage of a rank has not come to the call between stages. */
function waitsInPipe(rank, groups, culprit, nameOf) {
  const [other] = groups[nameOf("pp")].filter((member) => member !== rank);
  return Object.entries(groups).some(
    ([name, ranks]) => name.startsWith("dp") && ranks.includes(other) && ranks.includes(culprit),
  );
}

/** py-spy's text of a process with threads. */
export function faultStack(rank, frames, state = "idle") {
  return lines(
    `Process ${4880 + rank}: /opt/env/bin/python -u fine_tune.py --local_rank=${rank}`,
    "Python v3.10.14 (/opt/env/bin/python3.10)",
    "",
    `Thread ${4880 + rank} (${state}): "MainThread"`,
    frames.map((frame) => `    ${frame}`),
    `Thread ${5406 + rank} (idle): "Thread-1"`,
    "    wait (threading.py:324)",
    "    wait (threading.py:607)",
    "    run (tqdm/_monitor.py:60)",
    "    _bootstrap (threading.py:973)",
    `Thread ${8283 + rank} (idle)`,
  );
}
