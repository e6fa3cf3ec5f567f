import { findProgram } from "../../launch/local/find-program.ts";
import { embeddedWorkload } from "../../trainer/embedded-workloads.ts";

export function isEmbedded(name: string): boolean {
  return embeddedWorkload(name) !== undefined;
}

/** Whether a command that starts with this word can be launched. */
export async function isProgram(
  word: string,
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): Promise<boolean> {
  const found = await findProgram(word, { cwd, path: env["PATH"] });
  return found.kind === "found";
}
