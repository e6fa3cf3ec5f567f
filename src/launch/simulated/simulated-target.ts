import type { HostFacts } from "../../schema/run/hosts/host-facts.ts";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { LaunchTargetRow } from "../launch-target-row.ts";
import { readSimulation } from "./read-simulation.ts";

/** Hosts and ranks that do not exist, to try everything behind the launcher at scale. */
export const simulatedTarget: LaunchTargetRow<LaunchTargetOf<"simulated">> = {
  launcher({ nodes, ranks: { perHost } }, { nowMs }) {
    // `gpu` was refused before: these hosts have none.
    const ranksPerHost = perHost === "gpu" ? 1 : perHost;
    const hosts = hostNames(nodes);
    return {
      launch: async (command, { tickMs = 0 }) => {
        const simulation = readSimulation(command);
        const { SimulatedJob } = await import("./simulated-job.ts");
        const job = new SimulatedJob({ ...simulation, hosts, ranksPerHost, tickMs, nowMs });
        return { kind: "launched", job };
      },
      describeHosts: () =>
        Promise.resolve(hosts.map((host) => ({ host, facts: factsOf(host, ranksPerHost) }))),
    };
  },
  endAbandoned: () => Promise.resolve({ endedCount: 0 }),
};

function hostNames(count: number): string[] {
  const width = String(count).length;
  return Array.from(
    { length: count },
    (_, index) => `node${String(index + 1).padStart(width, "0")}`,
  );
}

function factsOf(host: string, coreCount: number): HostFacts {
  return {
    hostname: host,
    timeMs: 0,
    home: "/",
    homeId: host,
    python: "",
    pythonVersion: "none",
    system: "simulated",
    operatingSystem: "simulated",
    cpuModel: "simulated",
    coreCount,
    memoryBytes: null,
    gpus: [],
    interfaces: {},
    reachedAt: null,
    freePort: 0,
  };
}
