import { hostname as machineName } from "node:os";
import { UserError } from "../../foundation/errors/user-error.ts";
import { defineCommand, exitCodes } from "../command-table.ts";
import { homeOf } from "../open-store.ts";

const options = {
  port: {
    takes: "number",
    placeholder: "port",
    minimum: 0,
    default: 7700,
    group: "Where",
    help: "0 takes any free one",
  },
  host: {
    takes: "text",
    placeholder: "address",
    default: "127.0.0.1",
    group: "Where",
    help: "address to listen on; any but this machine's own loopback needs a token",
  },
  tunnel: {
    takes: "nothing",
    group: "Where",
    help: "print the ssh command that brings the dashboard to another machine",
  },
  allowHost: {
    takes: "texts",
    placeholder: "name",
    group: "Where",
    help: "another name that browsers reach it by, as behind a proxy; may be repeated",
  },
  token: {
    takes: "nothing",
    group: "Who",
    help: "ask for the token on loopback too, as on a machine with other users",
  },
  readOnly: {
    takes: "nothing",
    group: "Who",
    help: "show runs, without the button that stops one",
  },
} as const;

export const serveCommand = defineCommand({
  name: "serve",
  summary: "Serve the dashboard: live runs, results, comparisons",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    { command: "pitwall serve", does: "the dashboard at http://127.0.0.1:7700/, until Ctrl-C" },
    {
      command: "pitwall serve --host 0.0.0.0",
      does: "for other machines too, with a token; tunnel it through ssh where you can",
    },
  ],
  options,
  exits: [
    { code: 2, when: "the port is in use" },
    { code: 130, when: "Ctrl-C" },
  ],
  async act({ options: { port, host, tunnel, allowHost, token, readOnly }, face, shared }) {
    if (port > 65_535) {
      throw new UserError("option-invalid", "`--port` must be at most 65535", {
        saw: String(port),
      });
    }
    const { webFolder } = await import("../../store/catalogue/package-root.ts");
    const home = await homeOf(face, shared);
    const { paint } = face.err;
    const links: string[] = [];
    const dashboard = await face.startDashboard({
      home,
      version: face.version,
      port,
      host,
      allowHosts: allowHost,
      needsToken: token,
      isReadOnly: readOnly,
      webFolder,
      nowMs: () => face.nowMs(),
      onBug: (error) => face.err.write(`${bugText(error)}\n`),
      onLink: (url) => {
        links.push(url);
        if (links.length > 1) face.err.write(`next link, which works once: ${paint.name(url)}\n`);
      },
    });
    const url = links[0] ?? dashboard.url;
    const tunnelLine = tunnel ? tunnelTo(dashboard.url, face.env) : undefined;
    if (tunnelLine !== undefined && !shared.json)
      face.err.write(`on your machine: ${paint.name(tunnelLine)}, then open the link there\n`);
    if (shared.json) {
      const result = { url, tokenPath: dashboard.tokenPath, tunnel: tunnelLine };
      face.out.write(
        `${JSON.stringify({ schemaVersion: 1, command: "serve", ok: true, result })}\n`,
      );
    } else face.out.write(`${url}\n`);
    if (!shared.quiet) {
      const access =
        dashboard.tokenPath === undefined
          ? "open to all users of this machine"
          : `the link works once; the token is in ${paint.name(dashboard.tokenPath)}`;
      face.err.print(`runs of ${paint.name(home)}; ${access}; Ctrl-C ends it\n`);
    }
    await untilAborted(face.interrupt);
    await dashboard.close();
    return exitCodes.interrupted;
  },
});

/** The command for another machine, with the address by which ssh came here if it did. */
function tunnelTo(url: string, env: Readonly<Record<string, string | undefined>>): string {
  const { hostname: address, port } = new URL(url);
  const listening = address === "0.0.0.0" || address === "[::]" ? "127.0.0.1" : address;
  const [, , reached, sshPort] = (env["SSH_CONNECTION"] ?? "").split(" ");
  const user = env["USER"] === undefined ? "" : `${env["USER"]}@`;
  const other = sshPort === undefined || sshPort === "22" ? "" : `-p ${sshPort} `;
  return `ssh -N ${other}-L ${port}:${listening}:${port} ${user}${reached ?? machineName()}`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Prints the cause of a failed request to the terminal; the client receives only a generic error. */
function bugText(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error[bug]: a request failed where it should not have\n${trace}`;
}
