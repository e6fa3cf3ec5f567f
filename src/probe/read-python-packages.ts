import { execFile } from "node:child_process";

/** Versions of packages; undefined for a package that is not installed. */
type PythonPackages =
  | {
      kind: "read";
      executable: string;
      versions: ReadonlyMap<string, string | undefined>;
    }
  | { kind: "no-python"; reason: string };

// Reads the metadata of packages: importing PyTorch takes seconds.
const script = `
import sys
from importlib import metadata, util
print(sys.executable)
for name in sys.argv[1:]:
    if util.find_spec(name) is None:
        print()
        continue
    try:
        print(metadata.version(name))
    except metadata.PackageNotFoundError:
        print("unknown")
`;
const timeoutMs = 20_000;

/** Looks for packages in the Python that would be started with an environment. */
export function readPythonPackages(
  python: string,
  packages: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<PythonPackages> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: timeoutMs };
    execFile(python, ["-c", script, ...packages], options, (error, stdout, stderr) => {
      if (error === null) {
        const [executable = python, ...lines] = stdout.split("\n");
        const versions = new Map(packages.map((name, index) => [name, lines[index] || undefined]));
        resolve({ kind: "read", executable, versions });
      } else resolve({ kind: "no-python", reason: reasonOf(error, stderr) });
    });
  });
}

function reasonOf(error: Error & { code?: unknown; killed?: boolean }, stderr: string): string {
  if (error.code === "ENOENT") return "is not on PATH";
  if (error.killed === true) return `did not answer within ${timeoutMs / 1000} s`;
  return `failed: ${stderr.trim().split("\n").at(-1) || error.message}`;
}
