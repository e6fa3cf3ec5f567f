import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The package that `pitwall_agent.py` starts, beside it. */
export const agentPackage = "host_agent";

const noFiles = "\nFILES = {}\n";

interface AgentProgram {
  /** One Python file that has the files of the agent in it, and unpacks them beside itself. */
  text: string;
  /** The start of its SHA-256, which names it on hosts. */
  hash: string;
}

/**
 * The agent as hosts get it.
 *
 * @param agentFile the path of `pitwall_agent.py`
 */
export async function agentProgram(agentFile: string): Promise<AgentProgram> {
  const starter = await readFile(agentFile, "utf8");
  const folder = join(dirname(agentFile), agentPackage);
  const names = await agentFileNames(agentFile);
  const entries = await Promise.all(
    names.map(async (name) => `"${name}": ${rawText(await readFile(join(folder, name), "utf8"))},`),
  );
  const text = starter.replace(noFiles, () => `\nFILES = {\n${entries.join("\n")}\n}\n`);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { text, hash };
}

/** The Python files of the package. */
export async function agentFileNames(agentFile: string): Promise<string[]> {
  const names = await readdir(join(dirname(agentFile), agentPackage));
  return names.filter((name) => name.endsWith(".py")).toSorted();
}

/** The agent needs no packages: Python starts faster without looking for them. */
export function agentStart(python: string): [python: string, option: string] {
  return [python, "-S"];
}

/** As a literal of Python that shows the text as it is. */
function rawText(text: string): string {
  if (text.includes("'''")) throw new Error("files of the agent cannot contain '''");
  return `r'''${text}'''`;
}
