import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./support/pitwall.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

function npm(words: readonly string[], cwd: string): string {
  return execFileSync("npm", [...words], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

describe("the packed package", () => {
  test("installs elsewhere, trains from its own data, and can be imported with types", () => {
    const folder = temporaryFolder();
    const [packed] = JSON.parse(
      npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], root),
    );
    const names = packed.files.map((file: { path: string }) => file.path);
    expect(names).toContain("data/digits/digits.csv.gz");
    expect(names).toContain("workloads/torch/pitwall.py");
    expect(names).toContain("workloads/torch/image.yaml");
    expect(names.filter((name: string) => /\.test\.|\.map$|^tests\/|^bench\//u.test(name))).toEqual(
      [],
    );
    // A file of code in a start costs more to open than to parse; an unbundled program has thousands.
    expect(names.length).toBeLessThanOrEqual(750);
    expect(names).toContain("dist/THIRD-PARTY-LICENSES");
    writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }');
    npm(["install", "--no-audit", "--no-fund", join(folder, packed.filename)], folder);
    const installed = join(folder, "node_modules", ".bin", "pitwall");
    expect(existsSync(installed)).toBe(true);
    const card = execFileSync(installed, ["run", "digits-mlp", "--quiet"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(card).toContain("accuracy >= 0.97, reached");
    writeFileSync(
      join(folder, "uses.mjs"),
      'import { olympicMean } from "pitwall"; console.log(typeof olympicMean);',
    );
    expect(execFileSync(process.execPath, ["uses.mjs"], { cwd: folder, encoding: "utf8" })).toBe(
      "function\n",
    );
    writeFileSync(
      join(folder, "uses.ts"),
      'import { timeToTrain, type Outcome } from "pitwall";\nexport const kinds: Outcome["kind"][] = ["reached"];\nexport const train: typeof timeToTrain = timeToTrain;\n',
    );
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const flags = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2023",
    ];
    expect(
      execFileSync(process.execPath, [tsc, ...flags, "uses.ts"], { cwd: folder, encoding: "utf8" }),
    ).toBe("");
  });

  test("passes publint", () => {
    const publint = join(root, "node_modules", "publint", "src", "cli.js");
    expect(
      execFileSync(process.execPath, [publint, "--strict", "--pack", "false"], {
        cwd: root,
        encoding: "utf8",
      }),
    ).toContain("All good!");
  });
});
