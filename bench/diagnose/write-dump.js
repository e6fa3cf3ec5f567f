// Simulated calls of a rank as a Flight Recorder dump: the JSON that PyTorch 2.13 writes, with the habits of each backend.

/**
 * @param untilMs what happened after it is not in the dump
 * @param bufferSize entries that the ring buffer holds
 */
export function writeDump(calls, { rank, layout, backend, untilMs, bufferSize }) {
  const seen = calls.filter(({ createdMs }) => createdMs <= untilMs);
  const groups = layout.groups.filter(({ ranks }) => ranks.includes(rank));
  const ids = new Map(groups.map(({ name }, index) => [name, String(index)]));
  const hasEnded = ({ endedMs }) => endedMs !== undefined && endedMs <= untilMs;
  const entries = seen.map((call, recordId) => ({
    record_id: recordId,
    pg_id: Number(ids.get(call.group.name)),
    process_group: [call.group.name, call.group.description],
    collective_seq_id: call.key === undefined ? call.number : 0,
    p2p_seq_id: call.key === undefined ? 0 : call.number,
    profiling_name: `${backend}:${call.operation}`,
    time_created_ns: Math.round((1_790_000_000_000 + call.createdMs) * 1e6),
    input_sizes: JSON.parse(call.sizes),
    input_dtypes: ["Float"],
    output_sizes: JSON.parse(call.sizes),
    output_dtypes: ["Float"],
    // Gloo never changes the state; NCCL without timing shows no start.
    state: backend === "nccl" && hasEnded(call) ? "completed" : "scheduled",
    retired: hasEnded(call),
    is_p2p: call.key !== undefined,
  }));
  const status = groups.map(({ name }) => {
    const own = seen.filter(({ group, key }) => group.name === name && key === undefined);
    const last = (list) => String(list.at(-1)?.number ?? -1);
    return [
      ids.get(name),
      {
        last_enqueued_collective: last(own),
        last_started_collective: "-1",
        last_completed_collective: last(own.filter(hasEnded)),
      },
    ];
  });
  const config = groups.map(({ name, description, ranks }) => [
    name,
    { name, desc: description, ranks: JSON.stringify(ranks) },
  ]);
  return JSON.stringify({
    version: "2.10",
    // Gloo's dumps list one group without a name and without members.
    pg_config:
      backend === "nccl" ? Object.fromEntries(config) : { "": { name: "", desc: "", ranks: "[]" } },
    pg_status: Object.fromEntries(status),
    entries: entries.slice(-bufferSize),
  });
}
