import { shellWord } from "../../foundation/text/shell-word.ts";
import type { SshHost } from "../../schema/run/hosts/launch-target.ts";
import type { HostAccess } from "../agent/host-access.ts";

/** How ssh is started for all hosts of a job. */
export interface SshSettings {
  /** Configuration file; default: the user's own. */
  config: string | undefined;
  /** Folder for the sockets of shared connections, with a short path. */
  controlFolder: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Options of ssh: never a question, a broken connection is noticed in 15 s, and one connection per host is shared by
 * all commands.
 */
export function sshWords(host: Pick<SshHost, "port">, settings: SshSettings): string[] {
  return [
    ...ownConnectionWords(host, settings.config),
    "-o",
    "ControlMaster=auto",
    "-o",
    `ControlPath=${settings.controlFolder}/%C`,
    "-o",
    "ControlPersist=60",
  ];
}

/** The same for a connection of its own, which can outlive this process. */
export function ownConnectionWords(
  { port }: Pick<SshHost, "port">,
  config: string | undefined,
): string[] {
  const options = [
    "BatchMode=yes",
    "ConnectTimeout=10",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
  ];
  return [
    "ssh",
    ...(config === undefined ? [] : ["-F", config]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...options.flatMap((option) => ["-o", option]),
  ];
}

/** Reaches a host with ssh. */
export function sshAccess(host: SshHost, settings: SshSettings): HostAccess {
  const words = [...sshWords(host, settings), "-T", "--", host.destination];
  return {
    host: host.name,
    wrap: (command) => [...words, command.map(shellWord).join(" ")],
    env: settings.env,
  };
}

/** Reaches a host with ssh and gives the command there a terminal. */
export function sshTerminal(
  host: SshHost,
  settings: SshSettings,
): (command: readonly string[]) => readonly string[] {
  const words = [...sshWords(host, settings), "-q", "-t", "--", host.destination];
  return (command) => [...words, command.map(shellWord).join(" ")];
}
