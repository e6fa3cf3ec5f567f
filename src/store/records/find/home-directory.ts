import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { onDisk } from "../../disk-error.ts";
import { makeDirectory } from "../../make-directory.ts";

/**
 * The directory of run records: `$PITWALL_HOME`, or else `.pitwall` in the working directory.
 * Absolute.
 */
export function homeDirectory(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  return resolve(cwd, env["PITWALL_HOME"] || ".pitwall");
}

/**
 * Creates the home and its `runs` directory if they are missing. A home created here contains a
 * .gitignore that excludes it from git; an existing directory is left unchanged.
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
