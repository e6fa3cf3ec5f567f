import { basename, join } from "node:path";
import { agentStart } from "../agent/agent-program.ts";
import type { AgentPlace } from "../agent/host-access.ts";
import type { LaunchMeans } from "../launch-target-row.ts";

/** The agent of this machine that runs mpirun for a job on other hosts. */
export function keeperPlace(
  runDirectory: string,
  { env, agentFile }: Pick<LaunchMeans, "env" | "agentFile">,
): AgentPlace {
  return {
    access: { host: "mpirun", wrap: (words) => words, env },
    agent: [...agentStart("python3"), agentFile],
    folder: join(env["HOME"] ?? "/", ".pitwall/jobs", `${basename(runDirectory)}.mpirun`),
  };
}
