import { hostname } from "node:os";
import type { RunRequest } from "../../src/schema/run/request/run-request.ts";
import type { Verdict } from "../../src/schema/run/outcome/run-result.ts";

/** A valid run.json for tests; give what the test is about. */
export function exampleRequest(given: Partial<RunRequest> & { runId: string }): RunRequest {
  return {
    schemaVersion: 1,
    series: { id: given.runId.replace(/-\d+$/, ""), index: 1, count: 1 },
    createdMs: Date.UTC(2026, 10, 22, 14, 30, 5),
    startable: { kind: "command", name: "toy", command: ["true"], cwd: "/", env: {} },
    reading: { metrics: [] },
    seed: 1,
    stopAtTarget: true,
    limits: {},
    launchTarget: { kind: "local" },
    system: { system_name: "test machine", number_of_nodes: 1, accelerators_per_node: 0 },
    environment: { pitwallVersion: "0.0.0", nodeVersion: "20.19.0", platform: "linux" },
    // No process has this id: without a result, the record counts as abandoned.
    owner: { hostname: hostname(), pid: 2 ** 30 },
    ...given,
  };
}

/** A valid verdict for tests. */
export function exampleVerdict(runId: string): Verdict {
  return {
    schemaVersion: 1,
    runId,
    outcome: { kind: "reached", timeToTrainMs: 1000, quality: 0.95 },
    clock: { launchedMs: 0, endedMs: 1500, billedMs: 1500, source: "arrival" },
    evaluations: [],
    cost: { kind: "unpriced", reason: "no price was given" },
    energy: [],
    notMeasured: [],
    findings: [],
  };
}

/** The event of a job's only rank. */
export const exampleLaunch = {
  kind: "launched",
  host: "localhost",
  rank: 0,
  localRank: 0,
  pid: 2,
} as const;

/** What the probe of a job's only host saw once. */
export const exampleSample = {
  kind: "host",
  host: "localhost",
  timeMs: 5,
  cpuSeconds: 1,
  memoryBytes: 2,
  processCount: 3,
} as const;
