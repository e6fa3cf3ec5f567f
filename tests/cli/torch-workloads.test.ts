import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const hasVenv = spawnSync("python3", ["-c", "import venv"]).status === 0;
const reason = hasVenv ? "" : " (skipped: python3 has no venv)";

/** The programs of a new virtual environment, without packages. */
function emptyPython(): { bin: string; packages: string } {
  const folder = join(temporaryFolder(), "venv");
  execFileSync("python3", ["-m", "venv", "--without-pip", folder]);
  const [version = ""] = readdirSync(join(folder, "lib"));
  return { bin: join(folder, "bin"), packages: join(folder, "lib", version, "site-packages") };
}

function addPackage(packages: string, name: string, version: string): void {
  mkdirSync(join(packages, name));
  writeFileSync(join(packages, name, "__init__.py"), "");
  const information = join(packages, `${name}-${version}.dist-info`);
  mkdirSync(information);
  writeFileSync(join(information, "METADATA"), `Name: ${name}\nVersion: ${version}\n`);
}

async function run(path: string) {
  const { exitCode, stderr } = await pitwall(["run", "gpt"], { env: { PATH: path } });
  return { exitCode, stderr };
}

describe("a workload for PyTorch", () => {
  test("is refused without Python", async () => {
    const { exitCode, stderr } = await run(temporaryFolder());
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error[python-missing]: `gpt` requires Python and PyTorch");
    expect(stderr).toContain("`python3` is not on PATH");
  });

  test.skipIf(!hasVenv)(`is refused without PyTorch${reason}`, async () => {
    const { bin, packages } = emptyPython();
    addPackage(packages, "numpy", "2.0.0");
    const { exitCode, stderr } = await run(bin);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error[torch-missing]: `gpt` requires PyTorch and NumPy");
    expect(stderr).toContain(`${bin}/python3 has no torch\n`);
    expect(stderr).toContain("hint: `pip install torch`");
  });

  test.skipIf(!hasVenv)(`is refused with an old PyTorch${reason}`, async () => {
    const { bin, packages } = emptyPython();
    addPackage(packages, "numpy", "2.0.0");
    addPackage(packages, "torch", "2.3.1+cpu");
    const { exitCode, stderr } = await run(bin);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error[torch-too-old]: `gpt` requires PyTorch 2.4 or newer");
    expect(stderr).toContain("has PyTorch 2.3.1+cpu");
  });

  test("is suggested for a similar name", async () => {
    const { exitCode, stderr } = await pitwall(["run", "imag"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("did you mean `image`?");
  });
});
