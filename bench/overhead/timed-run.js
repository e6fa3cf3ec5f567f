// Wall and CPU time of one command, including its child processes.
import { spawnSync } from "node:child_process";

/**
 * Runs a command under bash's `time`, which counts descendants that were waited for, to 1 ms.
 * The command's standard output and error go to /dev/null.
 *
 * @throws Error if the command does not exit with 0
 */
export function timedRun(command, { cwd, environment = {} } = {}) {
  const script = 'TIMEFORMAT="%3R %3U %3S"; time "$@" >/dev/null 2>&1';
  const { status, stderr, error } = spawnSync("bash", ["-c", script, "bash", ...command], {
    cwd,
    env: { ...process.env, LC_ALL: "C", ...environment },
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`\`${command.join(" ")}\` ended with ${status}`);
  const [wall, user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}
