import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import { ownerLife } from "./write/process-owner.ts";
import type { RunState } from "./run-store.ts";

/** Whether a run has ended, is running, or was abandoned by its Pitwall process. */
export async function runState(
  request: RunRequest,
  result: RunResult | undefined,
): Promise<RunState> {
  if (result !== undefined) return { kind: "finished" };
  const life = await ownerLife(request.owner);
  if (life === "gone") return { kind: "abandoned" };
  return { kind: "running", owner: life === "alive" ? "here" : "elsewhere" };
}
