import { spawn } from "node:child_process";
import { once } from "node:events";
import { jobTag } from "./job-tag.ts";
import { runDirectoryVariable } from "../rank-environment.ts";

/** A small process that outlives Pitwall briefly, to end the processes that Pitwall started. */
export interface Watchdog {
  /** Why there is no watchdog; undefined if it runs. */
  readonly absentBecause: string | undefined;
  /** Sends it the process group to watch, and the start time that distinguishes it from a later one. */
  watch(group: { groupId: number; startedTicks: number | undefined }): void;
  /** Ends the watchdog: the program has ended. */
  dismiss(): void;
}

/**
 * Starts a watchdog for the processes that have the run's directory in their environment, or its tag.
 *
 * It waits for the end of a pipe that only this process can write to, so it detects every end of
 * Pitwall, including SIGKILL. It has its own session and ignores the terminal's signals.
 */
export async function startWatchdog(runDirectory: string): Promise<Watchdog> {
  const marker = `${runDirectoryVariable}=${runDirectory}`;
  const tag = String(jobTag(runDirectory));
  const shell = spawn("/bin/sh", ["-c", watchdogScript, "pitwall-watchdog", marker, tag], {
    cwd: "/",
    // Inherits nothing, in particular not the mark of a run that this Pitwall is itself part of.
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Writing fails after the watchdog has ended; there is nothing to do about that.
  shell.stdin.on("error", () => undefined);
  let absentBecause: string | undefined;
  try {
    await once(shell, "spawn");
  } catch (error) {
    absentBecause = `\`/bin/sh\` did not start: ${String(error)}`;
  }
  // It must not prevent Pitwall from exiting.
  shell.unref();
  if ("unref" in shell.stdin && typeof shell.stdin.unref === "function") shell.stdin.unref();
  return {
    absentBecause,
    watch({ groupId, startedTicks }) {
      shell.stdin.write(`group ${groupId} ${startedTicks ?? ""}\n`);
    },
    dismiss() {
      shell.stdin.end("done\n");
    },
  };
}

/**
 * POSIX shell. Arguments: the environment entry and the tag that mark the run's processes.
 * Input: `group <id> <start time>`, `done`. The end of input without `done` means that Pitwall has died.
 *
 * A group is signaled only if its leader has the announced start time or a marked process is in it,
 * because process ids are reused. Without /proc only the group is known.
 */
const watchdogScript = String.raw`
trap '' HUP INT TERM
marker=$1 tag=$2 group= ticks=
while read -r word first second; do
  case $word in
    group) group=$first ticks=$second ;;
    done) exit 0 ;;
  esac
done

read_stat() {
  IFS= read -r stat <"/proc/$1/stat" || return 1
  set -- \${stat##*") "}
  state=$1 in_group=$3 started=\${20}
}

if printf 'a\0' | grep -qzxF a; then
  marked() { grep -lszxF -e "$marker" /proc/[0-9]*/environ; }
else
  marked() {
    for file in /proc/[0-9]*/environ; do
      tr '\0' '\n' <"$file" | grep -qxF -e "$marker" && echo "$file"
    done
  }
fi

tagged() { grep -lsE "^Max file locks +$tag " /proc/[0-9]*/limits; }

# Sends signal $1 to all that is left; found says whether there was anything.
strike() {
  found=no ours=no
  if [ ! -r /proc/self/stat ]; then
    [ -n "$group" ] && kill -s "$1" -- "-$group" && found=yes
    return
  fi
  if [ -n "$group" ] && read_stat "$group" && [ "$started" = "$ticks" ]; then ours=yes; fi
  for file in $(marked; tagged); do
    pid=\${file#/proc/} pid=\${pid%/*}
    [ "$pid" != "$$" ] || continue
    read_stat "$pid" && [ "$state" != Z ] || continue
    found=yes
    [ "$in_group" = "$group" ] && ours=yes
    kill -s "$1" "$pid"
  done
  if [ "$ours" = yes ]; then kill -s "$1" -- "-$group" && found=yes; fi
}

pause() { sleep 0.1 || sleep 1; }

strike TERM
strike CONT
round=0
while [ "$found" = yes ] && [ "$round" -lt 20 ]; do
  round=$((round + 1))
  pause
  strike 0
done
# Twice nothing in a row, for what was being started while we looked.
round=0 quiet=0
while [ "$quiet" -lt 2 ] && [ "$round" -lt 100 ]; do
  round=$((round + 1))
  strike KILL
  if [ "$found" = yes ]; then quiet=0; else quiet=$((quiet + 1)); fi
  pause
done
`.replaceAll("\\$", "$");
