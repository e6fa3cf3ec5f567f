import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import { agentFileNames, agentPackage } from "../agent/agent-program.ts";
import { runCommand } from "../run-command.ts";
import { collectCode } from "../code/sync-code.ts";
import type { RayClient } from "./ray-client.ts";

const packMs = 300_000;
/** Ray refuses packages as large as the limit of its messages, 512 MiB in its default settings. */
const mostBytes = 500 * 1024 * 1024;

/** The files of Pitwall that run in a cluster, in the folder `.pitwall` of a package. */
async function ownFiles(agentFile: string): Promise<string[]> {
  const parts = await agentFileNames(agentFile);
  const programs = ["pitwall_agent.py", "ray_driver.py", "ray_shell.py"];
  return [...programs, ...parts.map((name) => `${agentPackage}/${name}`)];
}

/** What is packed: no files, or those of a program. */
type Code = Awaited<ReturnType<typeof collectCode>>;

/**
 * Sends a program's files to the cluster as one package, with those of Pitwall. The package is named after its content, so that nodes
 * reuse the folder that they have.
 *
 * @param agentFile the path of `agent/pitwall_agent.py`
 * @returns its address, and where the program's folder is in it
 * @throws UserError what `collectCode` throws; `ray-package-too-large`; WorldError `ray-pack-failed`, what `RayClient.upload` throws
 */
export async function sendPackage(
  client: RayClient,
  { cwd, sync, agentFile }: { cwd: string; sync: readonly string[]; agentFile: string },
): Promise<{ address: string; folder: string }> {
  const code = await collectCode(cwd, sync, dirname(dirname(agentFile)));
  return { address: await send(client, { code, agentFile }), folder: code.folder };
}

/** Sends the files of Pitwall alone, for commands on the nodes. */
export function sendOwnPackage(client: RayClient, agentFile: string): Promise<string> {
  return send(client, { code: undefined, agentFile });
}

async function send(
  client: RayClient,
  { code, agentFile }: { code: Code | undefined; agentFile: string },
): Promise<string> {
  const folder = dirname(agentFile);
  const hash = createHash("sha256").update(code === undefined ? "" : code.sha256);
  const own = await ownFiles(agentFile);
  for (const name of own) hash.update(await readFile(join(folder, name)));
  const name = `_ray_pkg_${hash.digest("hex").slice(0, 32)}.zip`;
  await client.upload(name, () => pack(code ?? { root: folder, files: [] }, folder, own));
  return `gcs://${name}`;
}

async function pack(
  code: { root: string; files: readonly string[] },
  agentFolder: string,
  ownNames: readonly string[],
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "pitwall-ray-"));
  try {
    const own = join(folder, ".pitwall");
    await mkdir(join(own, agentPackage), { recursive: true });
    for (const name of ownNames) await copyFile(join(agentFolder, name), join(own, name));
    const file = join(folder, "package.zip");
    const words = ["python3", join(agentFolder, "ray_link.py"), "pack", file, code.root, folder];
    const outcome = await runCommand(words, { stdin: code.files.join("\0"), timeoutMs: packMs });
    if (outcome.kind !== "ended" || outcome.exitCode !== 0) {
      throw new WorldError("ray-pack-failed", "cannot pack the files of the program", {
        saw: outcome.kind === "ended" ? outcome.stderr.trim().slice(-500) : outcome.kind,
        hint: "it needs `python3` on this machine and space in the temporary folder",
      });
    }
    const { size } = await stat(file);
    if (size > mostBytes) throw tooLarge(size);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tooLarge(bytes: number): UserError {
  const size = Math.ceil(bytes / 1024 / 1024);
  return new UserError("ray-package-too-large", `the files of the program are ${size} MiB`, {
    saw: `Ray accepts packages of up to ${mostBytes / 1024 / 1024} MiB`,
    hint: "put data on the nodes or a file system that they share; git does not track what `.gitignore` lists",
  });
}
