// Builds dist/, which ships, and build/, which does not:
//   dist/*.js      src/ and the small dependencies, bundled by rolldown in chunks loaded on demand
//   dist/**/*.d.ts the declarations that dist/index.d.ts reaches
//   dist/web/      the dashboard, built by Vite
//   build/**/*.js  one file per module, for scripts/, bench/ and tests that import single modules
// The three builds run at the same time.
import { execFile } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundleProgram } from "./build-steps/bundle-program.js";
import { pruneDeclarations } from "./build-steps/prune-declarations.js";
import { writeLicenses } from "./build-steps/write-licenses.js";

const root = fileURLToPath(new URL("..", import.meta.url));
for (const folder of ["dist", "build"])
  rmSync(`${root}${folder}`, { recursive: true, force: true });

try {
  const compile = promisify(execFile)(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"],
    { cwd: root },
  );
  const [programModules, pageModules] = await Promise.all([
    bundleProgram(root),
    buildPages(),
    compile,
  ]);
  pruneDeclarations(`${root}dist`);
  writeLicenses(root, [...programModules, ...pageModules]);
} catch (error) {
  console.error(error.stdout ? `${error.stdout}${error.stderr}` : error);
  process.exit(1);
}
chmodSync(`${root}dist/bin.js`, 0o755);

/** Builds dist/web/ and returns the bundled source files. */
async function buildPages() {
  const { build } = await import("vite");
  const { output } = await build({ configFile: `${root}vite.config.ts`, logLevel: "warn" });
  return output.flatMap((file) => file.moduleIds ?? []);
}
