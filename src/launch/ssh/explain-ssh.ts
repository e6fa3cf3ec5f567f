/** Why ssh could not run a command, from what it printed. */
export interface SshFault {
  code: string;
  message: string;
  hint: string;
}

const faults: readonly { pattern: RegExp; code: string; message: string; hint: string }[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key .*changed/iu,
    code: "host-key-changed",
    message: "its host key differs from the known one",
    hint: "if the host was reinstalled, remove the old key with `ssh-keygen -R <host>`; otherwise someone may be intercepting the connection",
  },
  {
    pattern: /Host key verification failed|No .* host key is known/iu,
    code: "host-key-unknown",
    message: "its host key is not known",
    hint: "connect once by hand, `ssh <host>`, and accept its key",
  },
  {
    pattern: /Permission denied/iu,
    code: "host-refused",
    message: "it refused the login",
    hint: "Pitwall never asks for a password: add your key with `ssh-copy-id <host>`, or start ssh-agent",
  },
  {
    pattern: /Could not resolve hostname|Name or service not known|nodename nor servname/iu,
    code: "host-unknown",
    message: "its name cannot be resolved",
    hint: "check the spelling; names of your ssh configuration work too",
  },
  {
    pattern: /Connection refused/iu,
    code: "host-unreachable",
    message: "nothing listens on its ssh port",
    hint: "is sshd running there, and is the port right?",
  },
  {
    pattern: /timed out|No route to host|Network is unreachable|Connection closed|reset by peer/iu,
    code: "host-unreachable",
    message: "it does not answer",
    hint: "try `ssh <host>` by hand; a firewall or a jump host may be missing",
  },
  {
    pattern: /Bad configuration option|terminating, \d+ bad configuration/iu,
    code: "ssh-config-invalid",
    message: "ssh rejects its configuration",
    hint: "fix the line that it names",
  },
];

/** Explains the failure of an ssh command; `host` is put into the hint. */
export function explainSsh(stderr: string, host: string): SshFault {
  const found = faults.find(({ pattern }) => pattern.test(stderr));
  const { code, message, hint } = found ?? {
    code: "host-unreachable",
    message: "ssh failed",
    hint: "try `ssh <host>` by hand",
  };
  return { code, message, hint: hint.replaceAll("<host>", host) };
}

/** The last lines of what ssh printed, without banners and blank lines. */
export function lastLines(text: string, count = 3): string {
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== "" && !/^@+$/u.test(line));
  return lines.slice(-count).join("\n").slice(0, 1000);
}
