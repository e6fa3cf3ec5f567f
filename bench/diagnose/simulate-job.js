// A simulated job of several ranks that call collectives in process groups. Faults are injected into the calls of a rank; who
// waits where follows from running the calls, not from the fault: a collective ends when all members of its group have
// reached it with the same operation, and the host of a rank runs ahead of its device until the end of the step.

/** Groups of a job: the world, and tensor, pipeline and data parallelism. Ranks count tensor first, then data, then pipeline. */
export function layoutOf({ tensor, data, pipeline }) {
  const world = tensor * data * pipeline;
  const rankAt = (t, d, p) => t + tensor * (d + data * p);
  const groups = [{ name: "0", description: "default_pg", ranks: range(world) }];
  const add = (description, ranks) => {
    if (ranks.length > 1) groups.push({ name: String(groups.length), description, ranks });
  };
  for (let p = 0; p < pipeline; p++) {
    for (let d = 0; d < data; d++)
      add(
        "tp",
        range(tensor).map((t) => rankAt(t, d, p)),
      );
    for (let t = 0; t < tensor; t++)
      add(
        "dp",
        range(data).map((d) => rankAt(t, d, p)),
      );
  }
  for (let d = 0; d < data; d++)
    for (let t = 0; t < tensor; t++)
      add(
        "pp",
        range(pipeline).map((p) => rankAt(t, d, p)),
      );
  const ofRank = Array.from({ length: world }, () => ({}));
  for (const group of groups)
    for (const rank of group.ranks) ofRank[rank][group.description] = group;
  return { world, groups, ofRank };
}

/** The calls of one rank: training steps, with an evaluation after every fourth one and a checkpoint at the end. */
export function programOf(layout, rank, steps) {
  const { tp, dp, pp, default_pg: world } = layout.ofRank[rank];
  const calls = [];
  for (let step = 0; step < steps; step++) {
    const place = pp === undefined ? -1 : pp.ranks.indexOf(rank);
    if (place > 0) calls.push(pair(pp, "recv", place, place - 1, step));
    for (let layer = 0; layer < 2; layer++)
      if (tp !== undefined) calls.push(call(tp, "all_reduce", "[[64, 8]]", step));
    if (place >= 0 && place < pp.ranks.length - 1)
      calls.push(pair(pp, "send", place, place + 1, step));
    if (dp !== undefined) {
      calls.push(call(dp, "_reduce_scatter_base", "[[4096]]", step));
      calls.push(call(dp, "_all_gather_base", "[[1024]]", step));
    }
    calls.push(call(world, "all_reduce", "[[1]]", step));
    if (step % 4 === 3) calls.push(call(world, "all_gather", "[[2]]", step, "evaluation"));
  }
  calls.push(call(world, "barrier", "[]", steps, "checkpoint"));
  return calls;
}

function call(group, operation, sizes, step, phase = step === 0 ? "start" : "step") {
  return { group, operation, sizes, step, phase };
}

function pair(group, direction, from, to, step) {
  const arrow = direction === "send" ? "->" : "<-";
  const key = direction === "send" ? `${from}-${to}` : `${to}-${from}`;
  const phase = step === 0 ? "start" : "step";
  return {
    group,
    operation: `${direction} ${from}${arrow}${to}`,
    sizes: "[[8]]",
    step,
    phase,
    key,
  };
}

/**
 * Runs the calls of all ranks until nothing moves.
 *
 * @param stops for each faulty rank the number of calls that its host makes
 * @returns the recorded calls of each rank with the times of their creation and, if they ended, of their end, in ms
 */
export function runJob(programs, stops, random) {
  const ranks = programs.map((calls) => ({
    calls,
    entries: [],
    counts: new Map(),
    device: 0,
    clock: 1000 + 20 * random.uniform(),
    freeMs: 0,
    hasArrived: false,
  }));
  const meetings = new Map();
  const queue = range(ranks.length);
  const isQueued = new Uint8Array(ranks.length).fill(1);
  for (let at = 0; at < queue.length; at++) {
    const rank = queue[at];
    isQueued[rank] = 0;
    enqueue(ranks[rank], stops.get(rank) ?? Number.POSITIVE_INFINITY, random);
    for (const woken of arrive(ranks, rank, meetings)) {
      if (isQueued[woken] === 1) continue;
      isQueued[woken] = 1;
      queue.push(woken);
    }
  }
  return ranks.map(({ entries }) => entries);
}

/** The host makes the calls of a step without waiting, and waits for all of them at its end. */
function enqueue(state, stop, random) {
  while (state.entries.length < Math.min(stop, state.calls.length)) {
    const next = state.calls[state.entries.length];
    const before = state.calls[state.entries.length - 1];
    const isNewStep = before !== undefined && before.step !== next.step;
    if (isNewStep && state.device < state.entries.length) return;
    if (isNewStep || before === undefined) {
      state.clock = Math.max(state.clock, state.freeMs) + 80 + 10 * random.uniform();
    }
    const key = `${next.group.name}${next.key === undefined ? "" : " pair"}`;
    const number = (state.counts.get(key) ?? 0) + 1;
    state.counts.set(key, number);
    state.clock += 0.5 + random.uniform();
    state.entries.push({ ...next, number, createdMs: state.clock, endedMs: undefined });
  }
}

/** The device of a rank reaches its next call; all ranks whose call ends with that move on. */
function arrive(ranks, rank, meetings) {
  const state = ranks[rank];
  const entry = state.entries[state.device];
  if (entry === undefined || state.hasArrived) return [];
  state.hasArrived = true;
  const isPair = entry.key !== undefined;
  const turn = isPair ? countOfPair(state, entry) : entry.number;
  const key = `${entry.group.name} ${entry.key ?? ""} ${turn}`;
  const met = meetings.get(key) ?? [];
  met.push(rank);
  meetings.set(key, met);
  if (met.length < (isPair ? 2 : entry.group.ranks.length)) return [];
  const entries = met.map((each) => ranks[each].entries[ranks[each].device]);
  const isSame = entries.every(
    ({ operation, sizes }) => isPair || (operation === entry.operation && sizes === entry.sizes),
  );
  if (!isSame) return [];
  const startMs = Math.max(
    ...met.map((each, index) => Math.max(entries[index].createdMs, ranks[each].freeMs)),
  );
  for (const [index, each] of met.entries()) {
    entries[index].endedMs = startMs + 2;
    ranks[each].freeMs = startMs + 2;
    ranks[each].device += 1;
    ranks[each].hasArrived = false;
  }
  return met;
}

function countOfPair(state, entry) {
  return state.entries.slice(0, state.device + 1).filter(({ key }) => key === entry.key).length;
}

export function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}
