import { shellWord } from "../../foundation/text/shell-word.ts";
import type { SshHost } from "../../schema/run/hosts/launch-target.ts";
import { ownConnectionWords } from "../ssh/ssh-access.ts";

/** The program that mpirun calls in place of ssh: it reaches each host of a run as Pitwall itself does. */
export function remoteShellScript(
  hosts: readonly SshHost[],
  sshConfig: string | undefined,
): string {
  const cases = hosts.map((host) => {
    const words = [...ownConnectionWords(host, sshConfig), "-T", "--", host.destination];
    return `  ${shellWord(host.name)}) exec ${words.map(shellWord).join(" ")} "$@" ;;`;
  });
  return `#!/bin/sh
# Arguments: options, which are ignored, a host, and a command for it.
while [ "\${1#-}" != "$1" ]; do shift; done
host=$1
shift
case $host in
${cases.join("\n")}
  *) echo "pitwall: $host is not a host of this run" >&2; exit 255 ;;
esac
`;
}
