import type { PlacedAgentSample } from "../../schema/run/events/agent-sample.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import type { LaunchedJob, LaunchEvent } from "../launcher.ts";
import type { AgentJob } from "./agent-job.ts";

/** A job on which the agents of its hosts report, and in which another program has a say: Slurm or mpirun. */
export abstract class JobOfAgents implements LaunchedJob {
  readonly guard = { kind: "outlives" } as const;
  protected readonly agents: AgentJob;

  protected constructor(agents: AgentJob) {
    this.agents = agents;
  }

  abstract readonly events: AsyncIterable<LaunchEvent>;
  abstract stop(options: { graceMs: number }): Promise<void>;
  abstract detach(): void;

  get hosts(): readonly string[] {
    return this.agents.hosts;
  }
  get ranks(): readonly LaunchedRank[] {
    return this.agents.ranks;
  }
  get launchedMs(): number {
    return this.agents.launchedMs;
  }
  get findings(): AgentJob["findings"] {
    return this.agents.findings;
  }
  get hostSamples(): AsyncIterable<PlacedAgentSample> {
    return this.agents.hostSamples;
  }

  processIds(host: string): number[] {
    return this.agents.processIds(host);
  }

  async release(_next?: { isRestarted: boolean }): Promise<void> {
    await this.agents.release();
  }
}
