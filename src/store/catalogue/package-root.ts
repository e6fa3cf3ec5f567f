import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of Pitwall's own `package.json`. All shipped files are located relative to it: this
 * source file can be in `src/`, in `build/`, or bundled into a chunk in `dist/`.
 */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("Pitwall's package.json is missing");
  return findPackageRoot(parent);
}

/** The built dashboard pages. */
export const webFolder = join(packageRoot, "dist", "web");
