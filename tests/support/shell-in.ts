import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, temporaryFolder } from "./pitwall.ts";

/** Runs a line of a page in a shell that finds `pitwall` on its path, as after a global install. */
export function shellIn(cwd: string, line: string, variables: NodeJS.ProcessEnv = process.env) {
  const binFolder = temporaryFolder();
  const script = `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`;
  writeFileSync(join(binFolder, "pitwall"), script, { mode: 0o755 });
  const env = { ...variables, PATH: `${binFolder}:${variables["PATH"]}` };
  return spawnSync("sh", ["-c", line], { cwd, env, encoding: "utf8" });
}
