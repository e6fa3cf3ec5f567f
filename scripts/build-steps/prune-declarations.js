import { readdirSync, readFileSync, rmSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Removes declarations that `index.d.ts` does not reach, and the folders left empty. */
export function pruneDeclarations(folder) {
  const reached = new Set();
  const pending = [join(folder, "index.d.ts")];
  for (const path of pending) {
    if (reached.has(path)) continue;
    reached.add(path);
    const text = readFileSync(path, "utf8");
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/gu)) {
      pending.push(join(dirname(path), specifier.replace(/\.ts$/u, ".d.ts")));
    }
  }
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of all) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && path.endsWith(".d.ts") && !reached.has(path)) rmSync(path);
  }
  for (const entry of all.filter((found) => found.isDirectory()).toReversed()) {
    removeIfEmpty(join(entry.parentPath, entry.name));
  }
}

function removeIfEmpty(folder) {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (error.code !== "ENOTEMPTY") throw error;
  }
}
