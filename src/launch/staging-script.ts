import { dirname, join } from "node:path";

/** The path of `agent/stage_data.py`. */
export function stagingScript(agentFile: string): string {
  return join(dirname(agentFile), "stage_data.py");
}
