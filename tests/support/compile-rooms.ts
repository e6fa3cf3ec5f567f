import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Compiles rooms of `src/` into a temporary directory, for tests that need them in a process of
 * its own: one to be killed, to run out of disk, or to run beside others.
 *
 * @returns the directory, with `<room>/<file>.js` in it; the caller removes it
 */
export function compileRooms(rooms: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), "pitwall-rooms-"));
  writeFileSync(join(directory, "package.json"), '{"type":"module"}');
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  const sources = join(root, "src");
  for (const path of rooms.flatMap((room) => sourceFiles(join(sources, room)))) {
    const target = join(directory, relative(sources, path).replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compile(path));
  }
  return directory;
}

function sourceFiles(room: string): string[] {
  const names = readdirSync(room, { recursive: true, encoding: "utf8" });
  const sources = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return sources.map((name) => join(room, name));
}

function compile(path: string): string {
  const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), {
    fileName: path,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  return outputText;
}
