import { createHash } from "node:crypto";
import { WorldError } from "../../foundation/errors/user-error.ts";
import type { HostFacts } from "../../schema/run/hosts/host-facts.ts";
import type { HostAccess } from "../agent/host-access.ts";
import { runOnHost } from "../agent/run-on-host.ts";
import { homesOf } from "./sync-code.ts";

const setUpMs = 3_600_000;
const shownLineCount = 10;

/** Its arguments are the folder, the marker and the command, which ends with all that it started once standard input ends. */
const script = `
cd "$1" || exit 1
test -e "$2" && exit 0
exec 3<&0
$(command -v setsid) sh -c "$3" </dev/null 3<&- &
command=$!
(cat <&3; kill -TERM "-$command"; sleep 2; kill -KILL "-$command") >/dev/null 2>&1 &
watch=$!
wait "$command"
code=$?
kill "$watch"
[ "$code" -eq 0 ] && : >"$2"
exit "$code"
`;

/**
 * Runs the set-up command once per home folder, unless the code's folder has its marker already.
 *
 * @throws WorldError `set-up-failed`; the reason of the signal, after the command was ended
 */
export async function setUpCode(
  command: string | undefined,
  hosts: readonly { access: HostAccess; facts: Pick<HostFacts, "homeId">; folder: string }[],
  signal?: AbortSignal,
): Promise<void> {
  if (command === undefined) return;
  const marker = `.pitwall-set-up-${createHash("sha256").update(command).digest("hex").slice(0, 12)}`;
  await Promise.all(
    homesOf(hosts).map(async ({ access, folder }) => {
      const words = ["sh", "-c", script, "sh", folder, marker, command];
      const outcome = await runOnHost(access, words, { timeoutMs: setUpMs, signal });
      signal?.throwIfAborted();
      if (outcome.kind === "ended" && outcome.exitCode === 0) return;
      const said = outcome.kind === "ended" ? outcome.stderr || outcome.stdout : outcome.kind;
      const message = `host \`${access.host}\`: the set-up command failed: \`${command}\``;
      throw new WorldError("set-up-failed", message, {
        saw: said.trim().split(/\r?\n/u).slice(-shownLineCount).join("\n"),
        hint: "it runs in the program's folder, once per host and version of the code",
      });
    }),
  );
}
