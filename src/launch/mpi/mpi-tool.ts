import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import { findProgram } from "../local/find-program.ts";
import { runCommand } from "../run-command.ts";

const versionMs = 30_000;

/** An implementation of MPI, as its mpirun describes itself. */
export type MpiTool = { path: string; version: string } & (
  | { kind: "open-mpi"; major: number }
  | { kind: "mpich" }
);

/**
 * The mpirun on the PATH.
 *
 * @throws UserError `mpirun-missing`, `mpirun-unsupported`; WorldError `mpirun-silent`
 */
export async function findMpi(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<MpiTool> {
  const found = await findProgram("mpirun", { cwd, path: env["PATH"] });
  if (found.kind !== "found") {
    throw new UserError("mpirun-missing", "program not found: `mpirun`", {
      at: "--on mpi",
      hint: "install Open MPI or MPICH, or add the folder of its mpirun to PATH",
    });
  }
  const outcome = await runCommand([found.path, "--version"], { timeoutMs: versionMs, env });
  if (outcome.kind !== "ended") {
    throw new WorldError("mpirun-silent", `\`${found.path} --version\` gave no answer`, {
      saw: outcome.kind === "not-started" ? outcome.reason : outcome.stderr.trim(),
      hint: "does it work by hand?",
    });
  }
  const text = `${outcome.stdout}\n${outcome.stderr}`.trim();
  const tool = readMpiVersion(text);
  if (tool !== undefined) return { ...tool, path: found.path };
  throw new UserError("mpirun-unsupported", `\`${found.path}\` is not supported`, {
    at: "--on mpi",
    saw: text.split("\n")[0] ?? "",
    hint: "Pitwall supports Open MPI 4 and newer, and MPICH",
  });
}

type Described =
  | { kind: "open-mpi"; major: number; version: string }
  | { kind: "mpich"; version: string };

/** Reads what `mpirun --version` prints; undefined if the implementation is not supported. */
export function readMpiVersion(text: string): Described | undefined {
  const [, open] = /^mpirun \(Open MPI\) (\d[\w.]*)/u.exec(text) ?? [];
  if (open !== undefined) {
    const major = Number.parseInt(open, 10);
    return major < 4 ? undefined : { kind: "open-mpi", major, version: `Open MPI ${open}` };
  }
  const [, hydra] = /^HYDRA build details:\s+Version:\s+(\d[\w.]*)/u.exec(text) ?? [];
  return hydra === undefined ? undefined : { kind: "mpich", version: `MPICH ${hydra}` };
}
