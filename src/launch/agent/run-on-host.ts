import { type CommandOutcome, runCommand } from "../run-command.ts";
import type { HostAccess } from "./host-access.ts";

/** Runs a command on a host and waits for its end. */
export function runOnHost(
  access: HostAccess,
  command: readonly string[],
  options: { stdin?: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<CommandOutcome> {
  return runCommand(access.wrap(command), { ...options, env: access.env });
}
