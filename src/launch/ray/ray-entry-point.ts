import { dirname, join } from "node:path";
import { shellWord } from "../../foundation/text/shell-word.ts";

/** Ray kills what is left of a job that is stopped after this time; ranks have 5 s. */
const stopSeconds = 15;

export const jobVariables = { RAY_JOB_STOP_WAIT_TIME_S: String(stopSeconds) };

/** Pitwall's side of a Ray cluster, on this machine. */
export function linkFile(agentFile: string): string {
  return join(dirname(agentFile), "ray_link.py");
}

/** Where the process of Ray that starts the entry point has its packages, as a command of a shell on Linux. */
const rayFolder =
  "sed -nE 's#.* (/.*)/lib/python[^/]*/(site|dist)-packages/ray/_raylet[.]so$#\\1#p' /proc/$PPID/maps 2>/dev/null | head -n 1";

/**
 * The entry point of a Ray job: it runs with the PATH of Ray's daemons, whose first Python may be one without Ray.
 *
 * @param script of the folder `.pitwall`, with its arguments
 * @param python that of the program, if it is started with one
 */
export function entryPointOf(script: string, python: string | undefined): string {
  const pythons = [...new Set([python ?? "python3", "python3", "python"])];
  const test = 'import importlib.util as u, sys; sys.exit(u.find_spec("ray") is None)';
  const failed =
    ':::PITWALL-RAY {"kind": "failed", "reason": "no Python of the PATH has the package ray"}';
  return `r=$(${rayFolder}); for p in "$r/bin/python3" ${pythons.map(shellWord).join(" ")}; do "$p" -c '${test}' 2>/dev/null && exec "$p" .pitwall/${script}; done; echo '${failed}'; exit 127`;
}
