import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The commit a folder is at, and whether files differ from it. */
export type GitCommit =
  | { kind: "commit"; commit: string; isDirty: boolean }
  | { kind: "absent"; reason: string };

/**
 * Runs git once, if the folder is in a checkout. Absent, with the reason, if it is not, git is missing, there is no
 * commit yet, or git exceeds the time limit.
 */
export async function gitCommit(
  folder: string,
  { timeoutMs = 3000, program = "git" } = {},
): Promise<GitCommit> {
  if (!isInCheckout(folder)) return { kind: "absent", reason: "not in a git checkout" };
  // Reading the status must not take the index lock of that checkout.
  const before = ["--no-optional-locks", "-C", folder];
  const status = ["status", "--porcelain=v2", "--branch", "--untracked-files=normal"];
  try {
    const { stdout } = await run(program, [...before, ...status], {
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: 64 * 1024 * 1024,
    });
    return readStatus(stdout);
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

/** Lines that start with `#` are about the branch; each other line is a file that differs. */
function readStatus(text: string): GitCommit {
  const commit = /^# branch\.oid ([0-9a-f]+)$/mu.exec(text)?.[1];
  if (commit === undefined) return { kind: "absent", reason: "the checkout has no commit" };
  return { kind: "commit", commit, isDirty: /^[^#]/mu.test(text) };
}

/** Whether git would find a repository: starting git only to hear that there is none costs time. */
function isInCheckout(folder: string): boolean {
  if (process.env["GIT_DIR"] !== undefined) return true;
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (at === dirname(at)) return false;
  }
}
