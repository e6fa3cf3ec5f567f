// Labelled hangs as NCCL's RAS shows them: the collectives that each rank of the simulated job has launched, counted by communicator, asked twice.
import { parseRasStatus } from "../../build/diagnose/ras/parse-ras-status.js";
import { layoutOf, programOf, range, runJob } from "./simulate-job.js";

// Calls of a pipeline are between two ranks, which RAS does not count.
const layouts = [
  { tensor: 1, data: 2, pipeline: 1 },
  { tensor: 1, data: 8, pipeline: 1 },
  { tensor: 2, data: 2, pipeline: 1 },
  { tensor: 4, data: 4, pipeline: 1 },
  { tensor: 8, data: 8, pipeline: 1 },
  { tensor: 8, data: 64, pipeline: 1 },
];
const steps = 9;
const names = {
  all_reduce: "AllReduce",
  broadcast: "Broadcast",
  reduce_scatter: "ReduceScatter",
  reduce: "Reduce",
};

/** @param kind `ras hang`, `ras dead` or `none` */
export function rasCase(kind, random) {
  const layout = layoutOf(layouts[random.below(layouts.length)]);
  const programs = range(layout.world).map((rank) => programOf(layout, rank, steps));
  const rank = random.below(layout.world);
  const stop = 1 + random.below(programs[rank].length - 1);
  const calls = runJob(programs, kind === "none" ? new Map() : new Map([[rank, stop]]), random);
  const lastMs = Math.max(...calls.map((each) => each.at(-1)?.createdMs ?? 0));
  const times =
    kind === "none"
      ? [0.3, 0.3 + 0.5 * random.uniform()].map((part) => lastMs * part)
      : [lastMs + 300_000, lastMs + 302_000];
  const gone = kind === "ras dead" ? rank : undefined;
  const isReached = calls[rank].length === stop;
  const blamed = { kind: kind === "ras dead" ? "crash" : "hang", ranks: [rank] };
  return {
    source: "simulated answers of RAS",
    expected: kind === "none" || !isReached ? [] : [blamed],
    about: `${layout.world} ranks, RAS, ${kind === "none" ? "no fault" : `rank ${rank} stops before call ${stop}`}`,
    ras: times.map((untilMs, index) =>
      parseRasStatus(answerAt(untilMs, { layout, calls, gone }), `ras-${index + 1}.json`),
    ),
  };
}

function answerAt(untilMs, { layout, calls, gone }) {
  return JSON.stringify({
    nccl_version: "2.28.3",
    communicators_count: layout.groups.length,
    communicators: layout.groups.map(({ name, ranks }, index) => {
      const places = ranks.map((job, rank) => ({
        rank,
        host: `10.0.0.${job >> 3}`,
        pid: 1000 + job,
        cuda_dev: job % 8,
        nvml_dev: job % 8,
      }));
      const present = places.filter((_, at) => ranks[at] !== gone);
      const missing = places.filter((_, at) => ranks[at] === gone);
      return {
        hash: `0x${(index + 17).toString(16)}`,
        size: ranks.length,
        ranks_count: present.length,
        missing_ranks_count: missing.length,
        ranks: present.map((place) =>
          Object.assign(place, {
            status: { init_state: 0, async_error: 0, finalize_called: false },
            collective_counts: countsOf(calls[ranks[place.rank]], name, untilMs),
          }),
        ),
        missing_ranks: missing.map((place) =>
          Object.assign(place, { status: { unresponsive: true, considered_dead: true } }),
        ),
      };
    }),
  });
}

function countsOf(calls, group, untilMs) {
  const counts = {};
  for (const call of calls) {
    if (call.group.name !== group || call.createdMs > untilMs) continue;
    const base = call.operation.replace(/^_|_base$/gu, "");
    const name = names[base] ?? "AllGather";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
