import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
const versions = z.record(z.string(), z.string());
const packages = z.object({ dependencies: versions, devDependencies: versions });
/** Folders that a path in ARCHITECTURE.md may start from. */
const bases = ["", "src", "src/workflows", "src/cli", "src/report", "src/store"];

/** Words in backticks that are paths of the repository: with a slash, but neither a package nor a placeholder. */
function paths(): string[] {
  const words = [...page.matchAll(/`([^`\s]+)`/gu)].map((match) => match[1] ?? "");
  return words.filter(
    (word) => /^[a-z][\w.-]*\/[\w./-]*$/u.test(word) && !word.startsWith("dist/"),
  );
}

describe("ARCHITECTURE.md", () => {
  test("names only files and folders that exist", () => {
    const exists = (path: string) =>
      bases.some(
        (base) => existsSync(join(root, base, path)) || existsSync(join(root, base, `${path}.ts`)),
      );
    expect(paths().length).toBeGreaterThan(40);
    expect(paths().filter((path) => !exists(path))).toEqual([]);
  });

  test("has a line for each bundled or installed package", () => {
    const text = readFileSync(join(root, "package.json"), "utf8");
    const { dependencies, devDependencies } = packages.parse(JSON.parse(text));
    const development =
      /^(?:@types\/node|axe-core|dependency-cruiser|fast-check|knip|oxfmt|oxlint.*|playwright-core|publint|rolldown|typescript|vite|vitest)$/u;
    const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    const shipped = names.filter((name) => !development.test(name));
    expect(shipped.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
