import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of Pitwall's own `package.json`. Everything that ships beside the code is found from
 * here: this file itself may be in `src/`, in `build/`, or merged into a chunk of `dist/`.
 */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("Pitwall's package.json is missing");
  return findPackageRoot(parent);
}

/** The dashboard's pages, as built. */
export const webFolder = join(packageRoot, "dist", "web");
