import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { onDisk } from "../disk-error.ts";
import { makeDirectory } from "../make-directory.ts";

/** Where records are kept: `$PITWALL_HOME`, else `.pitwall` in the working directory. Absolute. */
export function homeDirectory(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  return resolve(cwd, env["PITWALL_HOME"] || ".pitwall");
}

/**
 * Makes the home and its `runs` directory if need be. A home made here hides itself from git;
 * a directory that was there before is left as it is.
 *
 * @returns the absolute path of the `runs` directory
 */
export async function prepareHome(home: string): Promise<string> {
  const runs = join(home, "runs");
  await onDisk(
    { doing: "make the home for run records", path: home, chosenBy: "home" },
    async () => {
      if ((await makeDirectory(home)) === "made") await writeFile(join(home, ".gitignore"), "*\n");
      await makeDirectory(runs);
    },
  );
  return runs;
}
