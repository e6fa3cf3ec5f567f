// Runs the Python scripts of this folder with a Python that has mlperf-logging.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Reads `<python> [--released <date>]`; ends the process with a message if the Python is missing. */
export function readArguments(command) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { released: { type: "string" } },
  });
  const [python] = positionals;
  if (python === undefined)
    fail(
      "no Python was named",
      `${command} -- <python with mlperf-logging> [--released 2026-10-24]`,
    );
  const { released } = values;
  if (released !== undefined && !/^\d{4}-\d\d-\d\d$/.test(released))
    fail(`\`--released ${released}\` is not a date`, "write it as 2026-10-24");
  return { python, released };
}

/** The JSON that a script of this folder prints. */
export function readFromPython(python, script) {
  return JSON.parse(runPython(python, script));
}

/** The day on which the installed version was published, from the package index or as given. */
export function releaseDate(python, given) {
  if (given !== undefined) return given;
  try {
    return runPython(python, "release_date.py").trim();
  } catch {
    return fail(
      "the package index did not answer, so the date of this version is unknown",
      "pass the date with --released",
    );
  }
}

function runPython(python, script) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  try {
    return execFileSync(python, [path], {
      encoding: "utf8",
      maxBuffer: 1e9,
      stdio: ["ignore", "pipe", script === "release_date.py" ? "ignore" : "inherit"],
    });
  } catch (error) {
    if (error.code !== "ENOENT" && script === "release_date.py") throw error;
    return fail(
      `\`${python}\` cannot run ${script}: ${error.code === "ENOENT" ? "no such program" : "see above"}`,
      "pip install mlperf-logging into a virtual environment, and name its Python",
    );
  }
}

function fail(message, hint) {
  console.error(`error: ${message}\n\nhint: ${hint}`);
  process.exit(2);
}
