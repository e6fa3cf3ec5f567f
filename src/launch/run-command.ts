import { spawn } from "node:child_process";
import { errorMessage } from "../foundation/errors/error-code.ts";

export type CommandOutcome =
  | { kind: "ended"; exitCode: number; stdout: string; stderr: string }
  | { kind: "not-started"; reason: string }
  | { kind: "timed-out"; stderr: string };

const keptLength = 1 << 22;

/**
 * Runs a command of this machine and waits for its end. Output beyond 4 Mi characters is dropped. It has its own session: nothing can
 * ask for a password, and Ctrl-C reaches only Pitwall.
 *
 * @param options `signal`: standard input stays open until it is aborted, so that the command can watch for that
 */
export function runCommand(
  words: readonly string[],
  {
    stdin = "",
    timeoutMs,
    signal,
    env = process.env,
  }: {
    stdin?: string | undefined;
    timeoutMs: number;
    signal?: AbortSignal | undefined;
    env?: Readonly<Record<string, string | undefined>> | undefined;
  },
): Promise<CommandOutcome> {
  const [program = "", ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    let [stdout, stderr] = ["", ""];
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve({ kind: "timed-out", stderr });
    }, timeoutMs);
    const endInput = (): void => {
      child.stdin.end();
    };
    const finish = (outcome: CommandOutcome): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", endInput);
      resolve(outcome);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (stdout.length < keptLength) stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (stderr.length < keptLength) stderr += text;
    });
    // The command may end before it has read everything; its exit code says why.
    child.stdin.on("error", () => undefined);
    child.stdin.write(stdin);
    if (signal === undefined || signal.aborted) endInput();
    else signal.addEventListener("abort", endInput, { once: true });
    child.once("error", (error) => finish({ kind: "not-started", reason: errorMessage(error) }));
    child.once("close", (code) => finish({ kind: "ended", exitCode: code ?? 255, stdout, stderr }));
  });
}
