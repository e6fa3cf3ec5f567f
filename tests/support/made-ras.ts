/** What one rank of a communicator had done: its collectives by NCCL's name, or that it is missing. */
export type MadeRank = Record<string, number> | "silent" | "dead";

/** An answer of NCCL's RAS in JSON, with the fields that `src/ras/client_support.cc` writes. Ranks are given by their number in the job. */
export function madeRas(communicators: Record<string, Record<number, MadeRank>>): string {
  return JSON.stringify({
    nccl_version: "2.28.3",
    cuda_runtime_version: 13_000,
    cuda_driver_version: 13_000,
    timestamp: "2026-01-12 10:00:00",
    communicators_count: Object.keys(communicators).length,
    communicators: Object.entries(communicators).map(([hash, members]) => {
      const all = Object.entries(members).map(([job, did], rank) => ({
        did,
        place: {
          rank,
          host: `10.0.0.${Math.floor(Number(job) / 2)}`,
          pid: 1000 + Number(job),
          cuda_dev: Number(job) % 2,
          nvml_dev: Number(job) % 2,
        },
      }));
      const ranks = all.flatMap(({ did, place }) =>
        typeof did === "string" ? [] : [{ ...place, status: sound, collective_counts: did }],
      );
      const missing = all.flatMap(({ did, place }) =>
        typeof did === "string"
          ? [{ ...place, status: { unresponsive: true, considered_dead: did === "dead" } }]
          : [],
      );
      return {
        hash,
        secondary_hash: "0x1:0x2",
        size: all.length,
        ranks_count: ranks.length,
        missing_ranks_count: missing.length,
        ranks,
        missing_ranks: missing,
      };
    }),
    ras: { collection_time_sec: 0.002, timeouts_count: 0 },
  });
}

const sound = {
  init_state: 0,
  async_error: 0,
  finalize_called: false,
  destroy_flag: false,
  abort_flag: false,
};
