import { UserError } from "../../foundation/errors/user-error.ts";
import type { ReachedJob } from "../../launch/agent/reached-job.ts";
import type { HostOutput } from "../../workflows/control/run-on-hosts.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
  rank: {
    takes: "number",
    placeholder: "number",
    minimum: 0,
    group: "Where",
    help: "only on the host of this rank, with the rank's environment",
  },
} as const;

export const execCommand = defineCommand({
  name: "exec",
  summary: "Run a command on all hosts of a run, beside its ranks",
  usage: "<run> [--rank <number>] -- <command>…",
  arguments: [
    { name: "run", help: "any unambiguous part of the name of a run, or `last`" },
    { name: "command…", help: "a program and its arguments, after `--`" },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: true,
  examples: [
    { command: "pitwall exec last -- nvidia-smi", does: "on all hosts at the same time" },
    {
      command: "pitwall exec last --rank 12 -- py-spy dump --pid 4711",
      does: "on the host of one rank",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the command succeeded on every host; otherwise its highest exit code" },
    { code: 3, when: "a host did not answer" },
  ],
  async act({ arguments: [text = ""], program, options: { rank }, face, shared }) {
    if (program === undefined || program.length === 0) throw noCommand(text);
    const { findRun } = await import("../../workflows/control/find-run.ts");
    const { reachRunning } = await import("../../workflows/control/reach-running.ts");
    const { runOnHosts } = await import("../../workflows/control/run-on-hosts.ts");
    const record = await findRun(await openStore(face, shared), text);
    const job = await reachRunning(record, rank, face);
    const view = new ExecView(job, { face, shared });
    try {
      const { interrupt } = face;
      const onEvent = (event: HostOutput): void => view.take(event);
      await runOnHosts(job.hosts, { words: program, rank }, { onEvent, interrupt });
    } finally {
      await job.close();
    }
    return view.finish(record.runId);
  },
});

function noCommand(text: string): UserError {
  return new UserError("command-missing", "no command was given", {
    hint: `put it after \`--\`: \`pitwall exec ${text} -- nvidia-smi\``,
  });
}

/** Prints the lines of each host after its name, or collects them for the JSON document. */
class ExecView {
  readonly #job: ReachedJob;
  readonly #call: Pick<Call, "face" | "shared">;
  readonly #width: number;
  readonly #ended = new Map<string, number>();
  readonly #texts = new Map<string, string>();

  constructor(job: ReachedJob, call: Pick<Call, "face" | "shared">) {
    this.#job = job;
    this.#call = call;
    this.#width = Math.max(0, ...job.hosts.map(({ access }) => access.host.length));
    const { err } = call.face;
    for (const { host, error } of job.unreachable)
      err.print(`${err.paint.bad(`host ${host} did not answer`)}: ${error.message}\n`);
  }

  take(event: HostOutput): void {
    if (event.kind === "ended") {
      this.#ended.set(event.host, event.exitCode);
      return;
    }
    const { host, stream, bytes } = event;
    const text = bytes.toString("utf8");
    if (this.#call.shared.json) {
      const key = `${host} ${stream}`;
      this.#texts.set(key, (this.#texts.get(key) ?? "") + text);
      return;
    }
    const screen = stream === "stdout" ? this.#call.face.out : this.#call.face.err;
    const head = `${screen.paint.name(host.padEnd(this.#width))} `;
    const lines = text.replace(/\r?\n$/u, "").split(/\r\n|\n|\r/u);
    screen.write(lines.map((line) => `${head}${line}\n`).join(""));
  }

  async finish(runId: string): Promise<number> {
    const codes = [...this.#ended.values()];
    if (this.#job.unreachable.length > 0) codes.push(exitCodes.worldFailed);
    const { face, shared } = this.#call;
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      const hosts = this.#job.hosts.map(({ access: { host } }) => ({
        host,
        exitCode: this.#ended.get(host) ?? 0,
        stdout: this.#texts.get(`${host} stdout`) ?? "",
        stderr: this.#texts.get(`${host} stderr`) ?? "",
      }));
      const unreachable = this.#job.unreachable.map(({ host, error }) => ({
        host,
        reason: error.message,
      }));
      writeJson(face, "exec", { runId, hosts, unreachable });
    }
    return Math.max(0, ...codes);
  }
}
