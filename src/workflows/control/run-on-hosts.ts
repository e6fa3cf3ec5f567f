import { spawn } from "node:child_process";
import { LineSplitter } from "../../launch/line-splitter.ts";
import type { ReachedHost } from "../../launch/agent/reached-job.ts";

export type HostOutput =
  /** Whole lines. */
  | { kind: "output"; host: string; stream: "stdout" | "stderr"; bytes: Buffer }
  | { kind: "ended"; host: string; exitCode: number };

interface Command {
  words: readonly string[];
  /** The rank whose folder and environment it gets; the first of each host by default. */
  rank?: number | undefined;
}

/** Runs a command on all hosts at the same time; each has ended when this resolves. */
export async function runOnHosts(
  hosts: readonly ReachedHost[],
  command: Command,
  { onEvent, interrupt }: { onEvent: (event: HostOutput) => void; interrupt: AbortSignal },
): Promise<void> {
  await Promise.all(hosts.map((host) => runOn(host, command, { onEvent, interrupt })));
}

function runOn(
  reached: ReachedHost,
  { words, rank }: Command,
  { onEvent, interrupt }: { onEvent: (event: HostOutput) => void; interrupt: AbortSignal },
): Promise<void> {
  const { access } = reached;
  const { host } = access;
  const [program = "", ...args] = access.wrap(reached.enter(rank, words));
  const lines = new LineSplitter();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      // Its own session, so that Ctrl-C reaches only Pitwall, and nothing can ask for a password.
      detached: true,
      ...(access.env === undefined ? {} : { env: access.env }),
    });
    const stop = (): void => void child.kill("SIGTERM");
    interrupt.addEventListener("abort", stop, { once: true });
    if (interrupt.aborted) stop();
    const finish = (exitCode: number): void => {
      interrupt.removeEventListener("abort", stop);
      for (const stream of ["stdout", "stderr"] as const)
        for (const bytes of lines.finish(stream)) onEvent({ kind: "output", host, stream, bytes });
      onEvent({ kind: "ended", host, exitCode });
      resolve();
    };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (data: Buffer) => {
        for (const bytes of lines.push(stream, data))
          onEvent({ kind: "output", host, stream, bytes });
      });
    }
    child.once("error", () => finish(127));
    child.once("close", (code) => finish(code ?? 130));
  });
}
