import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";

/** A run in its first minute, for tests. */
export function sampleDetail(changes: Partial<RunDetail> = {}): RunDetail {
  const runId = "20260102-110000-aaaa";
  const target = { metric: "accuracy", direction: "at-least", value: 0.97 } as const;
  const series = { id: runId, index: 1, count: 1 };
  return {
    runId,
    directory: `/home/user/.pitwall/runs/${runId}`,
    request: {
      schemaVersion: 1,
      runId,
      series,
      createdMs: 0,
      startable: { kind: "embedded", name: "digits", workers: 2 },
      reading: { metrics: [] },
      target,
      seed: 1,
      stopAtTarget: true,
      limits: {},
      launchTarget: { kind: "local" },
      system: { system_name: "box", number_of_nodes: 1, accelerators_per_node: 0 },
      environment: { pitwallVersion: "0.1.0", nodeVersion: "20.20.0", platform: "linux x64" },
      owner: { hostname: "box", pid: 7 },
    },
    state: { kind: "running", owner: "here" },
    canStop: true,
    canLabel: true,
    progress: {
      runId,
      name: "digits",
      series: { index: 1, count: 1 },
      phase: "training",
      launchedForMs: 62_000,
      clockMs: 60_000,
      target,
      best: 0.9,
    },
    evaluations: [],
    evaluationCount: 0,
    events: [],
    integrity: { kind: "unsealed", tornLine: false },
    job: {
      hosts: ["localhost"],
      ranks: [{ host: "localhost", rank: 0, localRank: 0, pid: 7, state: { kind: "running" } }],
    },
    ranks: [0, 1],
    series: [],
    xAxes: ["clock", "wall"],
    limits: {},
    unreadableSampleCount: 0,
    ...changes,
  };
}
