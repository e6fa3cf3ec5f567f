import type { HostSample } from "../schema/run/measured/telemetry-sample.ts";
import { sampleStream } from "./sample-stream.ts";
import type { Probe } from "./start-probe.ts";

/** Watches nothing, for a run whose clock nothing may disturb. */
export function noProbe(): Probe {
  const stream = sampleStream<HostSample>();
  return {
    samples: stream.values,
    watch: () => undefined,
    energySoFar: () => [],
    stop: () => {
      stream.end();
      return Promise.resolve({
        intervalMs: 0,
        cpuSeconds: undefined,
        peakMemoryBytes: undefined,
        energy: [],
        conditions: {},
        isObserved: false,
        reasons: ["the run was not observed: `--observe none`"],
      });
    },
  };
}
