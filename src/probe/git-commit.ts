import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The commit a folder is at, and whether files differ from it. */
export type GitCommit =
  | { kind: "commit"; commit: string; isDirty: boolean }
  | { kind: "absent"; reason: string };

/** Runs git. Absent, with the reason, if the folder is not in a checkout, git is missing, or it exceeds the time limit. */
export async function gitCommit(
  folder: string,
  { timeoutMs = 3000, program = "git" } = {},
): Promise<GitCommit> {
  // Reading the status must not take the index lock of that checkout.
  const ask = (...args: string[]) =>
    run(program, ["--no-optional-locks", "-C", folder, ...args], {
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: 64 * 1024 * 1024,
    });
  try {
    const [head, status] = await Promise.all([
      ask("rev-parse", "HEAD"),
      ask("status", "--porcelain", "--untracked-files=normal"),
    ]);
    return { kind: "commit", commit: head.stdout.trim(), isDirty: status.stdout.trim() !== "" };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isKilled = "killed" in error && error.killed === true;
    const [first = ""] = error.message.split("\n").slice(1).concat(error.message);
    return {
      kind: "absent",
      reason: isKilled ? `\`${program}\` took longer than ${timeoutMs} ms` : first.trim(),
    };
  }
}
