import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const copied = [
  "src",
  "web",
  "tests/support",
  "package.json",
  "tsconfig.json",
  "tsconfig.pure.json",
  "vite.config.ts",
  "vitest.config.ts",
];

/** A copy of the sources in a scratch folder, to be changed as the table "To add …" of ARCHITECTURE.md says. */
export interface ScratchCopy {
  root: string;
  /** Adds a file. */
  add(path: string, text: string): void;
  /** Replaces text that is in the file exactly once. */
  replace(path: string, before: string, after: string): void;
  /** Files that were added or changed, sorted. */
  changedFiles(): string[];
  /** Runs a program of `node_modules` in the copy: `["typescript/bin/tsc", "-p", "."]`. Rejects if it fails. */
  runTool(words: readonly string[]): Promise<void>;
}

export function scratchCopy(): ScratchCopy {
  const root = mkdtempSync(join(tmpdir(), "pitwall-extend-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of copied) cpSync(join(repository, name), join(root, name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  return {
    root,
    add: write,
    replace(path, before, after) {
      const parts = readFileSync(join(root, path), "utf8").split(before);
      if (parts.length !== 2) throw new Error(`\`${before}\` is not in ${path} exactly once`);
      write(path, parts.join(after));
    },
    changedFiles: () =>
      filesIn(root, copied).filter((path) => textOf(root, path) !== textOf(repository, path)),
    async runTool([tool = "", ...words]) {
      const program = join(root, "node_modules", tool);
      try {
        await promisify(execFile)(process.execPath, [program, ...words], { cwd: root });
      } catch (error) {
        const output = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
        throw new Error(`${tool} failed:\n${output}`, { cause: error });
      }
    },
  };
}

/** The files that a row of the table "To add …" of ARCHITECTURE.md names; `<name>` in them is filled in. */
export function filesToTouch(
  whatIsAdded: string,
  names: Readonly<Record<string, string>>,
): string[] {
  const document = readFileSync(join(repository, "ARCHITECTURE.md"), "utf8");
  const row = document.split("\n").find((line) => line.startsWith(`| ${whatIsAdded} |`));
  if (row === undefined) throw new Error(`ARCHITECTURE.md does not say how to add ${whatIsAdded}`);
  return [...row.matchAll(/`([^`]+)`/gu)]
    .map(([, path = ""]) => path.replace(/<(\w+)>/gu, (text, name: string) => names[name] ?? text))
    .toSorted();
}

function filesIn(root: string, paths: readonly string[]): string[] {
  return (
    paths
      .flatMap((path) =>
        /\.\w+$/u.test(path)
          ? [path]
          : readdirSync(join(root, path), { recursive: true, withFileTypes: true })
              .filter((entry) => entry.isFile())
              .map((entry) => relative(root, join(entry.parentPath, entry.name))),
      )
      // Caches of the compiler.
      .filter((path) => !path.includes("node_modules"))
      .toSorted()
  );
}

function textOf(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    // It is only in the other folder.
    return undefined;
  }
}
