// Labelled faults in simulated collectives: kinds x rank x phase x groups, to 4,096 ranks.
import { layoutOf, programOf, range, runJob } from "./simulate-job.js";
import { writeDump } from "./write-dump.js";

const layouts = [
  { tensor: 1, data: 2, pipeline: 1 },
  { tensor: 1, data: 8, pipeline: 1 },
  { tensor: 2, data: 2, pipeline: 1 },
  { tensor: 4, data: 4, pipeline: 1 },
  { tensor: 2, data: 2, pipeline: 4 },
  { tensor: 8, data: 8, pipeline: 1 },
  { tensor: 4, data: 4, pipeline: 4 },
  { tensor: 8, data: 32, pipeline: 2 },
];
const large = { tensor: 8, data: 64, pipeline: 8 };
const steps = 9;

/** @param isLarge whether the job has 4,096 ranks */
export function dumpCase(kind, random, { isLarge = false } = {}) {
  const shape = isLarge ? large : layouts[random.below(layouts.length)];
  const layout = layoutOf(shape);
  const backend = random.uniform() < 0.5 ? "nccl" : "gloo";
  const programs = range(layout.world).map((rank) => programOf(layout, rank, steps));
  const fault = inject(kind, { layout, programs, random });
  const calls = runJob(programs, fault.stops, random);
  // The first of two faults may keep the other rank from reaching its own.
  const isReached = ({ ranks }) =>
    ranks.every((rank) => calls[rank].length === (fault.stops.get(rank) ?? calls[rank].length));
  const lastMs = Math.max(...calls.map((each) => each.at(-1)?.createdMs ?? 0));
  // A dump of a healthy job is taken in the middle of it.
  const untilMs = kind === "none" ? lastMs * (0.3 + 0.6 * random.uniform()) : lastMs + 600_000;
  const bufferSize = backend === "nccl" && random.uniform() < 0.3 ? 20 : 2000;
  const dumps = range(layout.world)
    .filter((rank) => !fault.absent.has(rank))
    .map((rank) => ({
      rank,
      file: `rank_${rank}.json`,
      dumpedMs: 1_790_000_000_000 + untilMs + 5 * random.uniform(),
      text: writeDump(calls[rank], { rank, layout, backend, untilMs, bufferSize }),
    }));
  const { tensor, data, pipeline } = shape;
  return {
    source: "simulated dumps",
    expected: fault.expected.filter(isReached),
    about: `${layout.world} ranks (${tensor} x ${data} x ${pipeline}), ${backend}, ${fault.about}`,
    dumps,
  };
}

function inject(kind, { layout, programs, random }) {
  const rank = random.below(layout.world);
  const calls = programs[rank];
  // Not before the first step has ended, except in the phase that says so.
  const at = random.uniform() < 0.2 ? random.below(3) : 1 + random.below(calls.length - 1);
  const chosen = Math.min(at, calls.length - 1);
  const { phase } = calls[chosen];
  const none = { stops: new Map(), absent: new Set(), expected: [], about: "no fault" };
  switch (kind) {
    case "none":
      return none;
    case "hang":
      return {
        ...none,
        stops: new Map([[rank, chosen]]),
        expected: [{ kind, ranks: [rank] }],
        about: `rank ${rank} hangs before call ${chosen} (${phase})`,
      };
    case "two hangs": {
      const other = (rank + 1 + random.below(layout.world - 1)) % layout.world;
      return {
        ...none,
        stops: new Map([
          [rank, chosen],
          [other, Math.min(chosen, programs[other].length - 1)],
        ]),
        expected: [
          { kind: "hang", ranks: [rank] },
          { kind: "hang", ranks: [other] },
        ],
        about: `ranks ${rank} and ${other} hang`,
      };
    }
    case "killed rank":
      return {
        ...none,
        stops: new Map([[rank, chosen]]),
        absent: new Set([rank]),
        expected: [{ kind: "crash", ranks: [rank] }],
        about: `rank ${rank} ends before call ${chosen} (${phase}) and leaves no dump`,
      };
    case "mismatched collective":
      return mismatch({ layout, programs, random, rank, none });
  }
}

/** Another operation, another size, or a collective left out, in a group with at least three members, so that there is a majority. */
function mismatch({ layout, programs, random, rank, none }) {
  const calls = programs[rank];
  const usable = calls.flatMap(({ group, key }, index) =>
    key === undefined && group.ranks.length > 2 ? [index] : [],
  );
  if (usable.length === 0) {
    const chosen = 1 + random.below(calls.length - 1);
    return {
      ...none,
      stops: new Map([[rank, chosen]]),
      expected: [{ kind: "hang", ranks: [rank] }],
      about: `rank ${rank} hangs before call ${chosen}`,
    };
  }
  const chosen = usable[random.below(usable.length)];
  const how = ["operation", "size", "skipped"][random.below(3)];
  const call = calls[chosen];
  const changed = { operation: "broadcast" };
  const isSized = /reduce|gather_base/u.test(call.operation);
  if (how === "size" && isSized)
    Object.assign(changed, { operation: call.operation, sizes: "[[7]]" });
  if (how === "skipped") programs[rank] = calls.filter((_, index) => index !== chosen);
  else
    programs[rank] = calls.map((each, index) =>
      index === chosen ? { ...each, ...changed } : each,
    );
  return {
    ...none,
    expected: [{ kind: "collective-mismatch", ranks: [rank] }],
    about: `rank ${rank}: ${how} at ${call.operation} of ${call.group.description} in step ${call.step}`,
  };
}
