import { spawn } from "node:child_process";
import { shellWord } from "../../foundation/text/shell-word.ts";

export type RsyncOutcome =
  | { kind: "ended" }
  | { kind: "missing" }
  | { kind: "failed"; isFull: boolean; reason: string };

interface Copy {
  from: string;
  to: string;
  /** The words that start ssh; absent for a copy on this machine. */
  shell: readonly string[] | undefined;
  /** The files to copy, relative to `from`; all without them. */
  files?: readonly string[];
  env: Readonly<Record<string, string | undefined>> | undefined;
  signal: AbortSignal;
  onBytes: (doneBytes: number) => void;
}

const keptLength = 4000;

/** Copies files with rsync. Files that were cut are continued where they end. */
export function rsyncData(copy: Copy): Promise<RsyncOutcome> {
  const { from, to, shell, files, env, signal, onBytes } = copy;
  const args = [
    "-rLpt",
    "-s",
    "--partial",
    "--inplace",
    "--info=progress2",
    "--no-inc-recursive",
    ...(shell === undefined ? [] : ["-e", shell.map(shellWord).join(" ")]),
    ...(files === undefined ? [] : ["--from0", "--files-from=-"]),
    from,
    to,
  ];
  return new Promise((done) => {
    const child = spawn("rsync", args, {
      stdio: ["pipe", "pipe", "pipe"],
      // Its own session: Ctrl-C reaches only Pitwall, and nothing can ask for a password.
      detached: true,
      ...(env === undefined ? {} : { env }),
    });
    const stop = (): void => void child.kill("SIGTERM");
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const [, bytes] = [...text.matchAll(/([\d,.]+) +\d+%/gu)].at(-1) ?? [];
      if (bytes !== undefined) onBytes(Number(bytes.replaceAll(/\D/gu, "")));
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-keptLength);
    });
    // rsync may end before it has read the names; its exit code says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(files?.join("\0") ?? "");
    const finish = (outcome: RsyncOutcome): void => {
      signal.removeEventListener("abort", stop);
      done(outcome);
    };
    child.once("error", () => finish({ kind: "missing" }));
    child.once("close", (code) => finish(outcomeOf(code, stderr)));
  });
}

function outcomeOf(code: number | null, stderr: string): RsyncOutcome {
  if (code === 0) return { kind: "ended" };
  if (code === 127 || /rsync: (?:command )?not found/u.test(stderr)) return { kind: "missing" };
  const isFull = /No space left|Disk quota/iu.test(stderr);
  const lines = stderr.trim().split(/\r?\n/u);
  return { kind: "failed", isFull, reason: lines.slice(-3).join("\n") };
}
