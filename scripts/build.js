// Builds dist/ from src/ and dist/web/ from web/: plain tsc, then the run bit on the program's entry;
// beside it Vite for the dashboard's pages. Both begin at once.
import { execFile } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
const run = promisify(execFile);
const node = (words) => run(process.execPath, words, { cwd: root });

try {
  await Promise.all([
    node(["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"]),
    node(["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]),
  ]);
} catch (error) {
  console.error(`${error.stdout}${error.stderr}`);
  process.exit(1);
}
chmodSync(new URL("../dist/bin.js", import.meta.url), 0o755);
