import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export const formatsPython = process.env["PITWALL_FORMATS_PYTHON"] ?? "python3";

/**
 * Whether the Python of PITWALL_FORMATS_PYTHON, else `python3`, can import the modules; prints which tests are skipped
 * if it cannot.
 */
export function hasModules(modules: readonly string[]): boolean {
  const { status } = spawnSync(formatsPython, ["-c", `import ${modules.join(", ")}`]);
  if (status === 0) return true;
  console.log(
    `skipping round-trip tests: \`${formatsPython}\` (PITWALL_FORMATS_PYTHON) cannot import ${modules.join(", ")}`,
  );
  return false;
}

/** Runs a Python script that prints one JSON document. */
export async function pythonJson(
  script: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-python-"));
  try {
    const { PATH = "" } = process.env;
    const { stdout } = await promisify(execFile)(formatsPython, ["-B", "-c", script, ...words], {
      cwd: folder,
      env: { PATH, HOME: folder, ...env },
      maxBuffer: 1 << 26,
    });
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
