import { spawn } from "node:child_process";
import { UserError } from "../../foundation/errors/user-error.ts";
import { defineCommand } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
  rank: {
    takes: "number",
    placeholder: "number",
    minimum: 0,
    default: 0,
    group: "Where",
    help: "the rank whose host, folder and environment to use",
  },
} as const;

export const sshCommand = defineCommand({
  name: "ssh",
  summary: "Open a shell where a rank runs, in its folder and environment",
  usage: "<run> [--rank <number>] [-- <command>…]",
  arguments: [
    { name: "run", help: "any unambiguous part of the name of a run, or `last`" },
    { name: "command…", help: "a program for this terminal, instead of a shell" },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: true,
  examples: [
    { command: "pitwall ssh last --rank 12", does: "a shell on the host of rank 12" },
    { command: "pitwall ssh last -- htop", does: "a program on the host of rank 0" },
  ],
  options,
  exits: [{ code: 0, when: "the shell ended; otherwise its exit code" }],
  async act({ arguments: [text = ""], program, options: { rank }, face, shared }) {
    if (!face.out.isTerminal) {
      throw new UserError("terminal-missing", "`pitwall ssh` needs a terminal", {
        hint: `without one, run a command: \`pitwall exec ${text} --rank ${rank} -- <command>\``,
      });
    }
    const { findRun } = await import("../../workflows/control/find-run.ts");
    const { reachRunning } = await import("../../workflows/control/reach-running.ts");
    const record = await findRun(await openStore(face, shared), text);
    const job = await reachRunning(record, rank, face);
    try {
      const [host] = job.hosts;
      if (host === undefined) throw new Error("a rank without a host");
      if (!shared.quiet) face.err.print(`rank ${rank} on ${host.access.host}\n`);
      return await runHere(host.wrapTerminal(host.enter(rank, program ?? [])), host.access.env);
    } finally {
      await job.close();
    }
  },
});

function runHere(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>> | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: "inherit",
      ...(env === undefined ? {} : { env }),
    });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
