import { basename } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import { AgentJob } from "../agent/agent-job.ts";
import type { AgentPlace } from "../agent/host-access.ts";
import { readPlaces, type StoredPlaces } from "../agent/frame-spool.ts";
import { statusOfJob, type ReachedHost, type ReachedJob } from "../agent/reached-job.ts";
import { runOnHost } from "../agent/run-on-host.ts";
import type { AttachOutcome, LaunchedBefore } from "../launcher.ts";
import { jobFolder } from "./job-folder.ts";
import type { OpenHost, SshHosts } from "./ssh-hosts.ts";

/** Time between SIGTERM and SIGKILL for the processes of an abandoned run, milliseconds. */
const graceMs = 5000;
const stopMs = 30_000;

interface Attachment {
  hosts: SshHosts;
  nowMs: () => number;
  lostAfterMs: number | undefined;
}

type UnknownJob = Extract<AttachOutcome, { kind: "unknown-job" }>;
type Attached = Extract<AttachOutcome, { kind: "attached" }> & { job: AgentJob };

/**
 * Follows a job of these hosts that an earlier process launched. Hosts that do not answer are followed once they do, or lost after the host
 * timeout.
 *
 * @throws UserError why a host can't be reached, if none answers or it is not only silent
 */
export async function attachSshJob(
  { runDirectory, ranks, launchedMs, tickMs = 0 }: LaunchedBefore,
  { hosts, nowMs, lostAfterMs }: Attachment,
): Promise<Attached | UnknownJob> {
  hosts.toleratesSilence = true;
  const { opened, unreachable } = await openReachable(hosts);
  const stored = await readPlaces(runDirectory);
  const refused = unreachable.find(
    ({ host, error }) => error.code !== "host-unreachable" || stored?.[host] === undefined,
  );
  if (refused !== undefined || opened.length === 0) {
    await hosts.close();
    throw refused?.error ?? unreachable[0]?.error ?? new Error("a job without hosts");
  }
  const places = await Promise.all(opened.map((each) => knownPlace(placeOf(each, runDirectory))));
  const unknown = places.filter(({ status }) => status?.isKnown !== true);
  if (unknown.length === places.length)
    return { kind: "unknown-job", hosts: unknown.map(({ place }) => place.access.host) };
  const silent = await Promise.all(unreachable.map(({ host }) => silentPlace(host, hosts, stored)));
  const byName = new Map(
    [...places.map(({ place }) => place), ...silent.flat()].map((each) => [each.access.host, each]),
  );
  const guard = { kind: "outlives" } as const;
  const statuses = places.map(({ status }) => status);
  return {
    kind: "attached",
    hasEnded: silent.length === 0 && statuses.every((status) => status?.hasEnded === true),
    processCount: statuses.reduce((sum, status) => sum + (status?.processCount ?? 0), 0),
    missing: unreachable.map(({ host }) => host),
    job: new AgentJob({
      places: hosts.names.flatMap((name) => byName.get(name) ?? []),
      ranks: ranks.length > 0 ? ranks : places.flatMap(ranksOf),
      launchedMs,
      guard,
      nowMs,
      tickMs,
      lostAfterMs,
      isAttached: true,
      spoolDirectory: runDirectory,
    }),
  };
}

/** The ranks of a host of which the record does not say that they were launched. */
function ranksOf({ place, status }: Awaited<ReturnType<typeof knownPlace>>): LaunchedRank[] {
  const { host } = place.access;
  return (status?.ranks ?? []).map((rank, localRank) => ({ host, rank, localRank }));
}

/** A host that answers; it is lost if it knows nothing of the job. */
async function knownPlace(place: AgentPlace) {
  const status = await statusOfJob(place);
  if (status?.isKnown === true) return { place, status };
  return { place: { ...place, lostBecause: "it knows nothing of the job" }, status };
}

/** A host that does not answer now. */
async function silentPlace(
  host: string,
  hosts: SshHosts,
  stored: StoredPlaces | undefined,
): Promise<AgentPlace[]> {
  const access = await hosts.accessOf(host);
  const found = stored?.[host];
  return access === undefined || found === undefined ? [] : [{ access, ...found }];
}

/** Reaches the hosts of a job that was launched earlier. */
export async function reachSshJob(hosts: SshHosts, runDirectory: string): Promise<ReachedJob> {
  const { opened, unreachable } = await openReachable(hosts);
  const reached = await Promise.all(opened.map((each) => reach(each, { hosts, runDirectory })));
  return { hosts: reached, unreachable, close: () => hosts.close() };
}

/** Ends the processes of a job on all hosts that can be reached. */
export async function stopSshJob(
  hosts: SshHosts,
  runDirectory: string,
): Promise<{ endedCount: number; unreachable: ReachedJob["unreachable"] }> {
  try {
    const { opened, unreachable } = await openReachable(hosts);
    const counts = await Promise.all(
      opened.map(async (each) => {
        const { access, agent, folder } = placeOf(each, runDirectory);
        const words = [...agent, "stop", folder, String(graceMs)];
        const outcome = await runOnHost(access, words, { timeoutMs: stopMs });
        return outcome.kind === "ended" ? endedIn(outcome.stdout) : 0;
      }),
    );
    return { endedCount: counts.reduce((sum, count) => sum + count, 0), unreachable };
  } finally {
    await hosts.close();
  }
}

async function openReachable(
  hosts: SshHosts,
): Promise<{ opened: OpenHost[]; unreachable: ReachedJob["unreachable"] }> {
  const outcomes = await hosts.openEach();
  const opened = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const unreachable = outcomes.flatMap((each, index) => {
    if (each.status === "fulfilled") return [];
    const { reason } = each;
    if (!(reason instanceof UserError)) throw reason;
    return [{ host: hosts.names[index] ?? "", error: reason }];
  });
  return { opened, unreachable };
}

function placeOf({ access, agent, facts, host }: OpenHost, runDirectory: string): AgentPlace {
  return { access, agent, folder: jobFolder(facts, basename(runDirectory), host.name) };
}

async function reach(
  opened: OpenHost,
  { hosts, runDirectory }: { hosts: SshHosts; runDirectory: string },
): Promise<ReachedHost> {
  const { access, agent, facts, host } = opened;
  const place = placeOf(opened, runDirectory);
  const status = await statusOfJob(place);
  return {
    access,
    runDirectory: `${facts.home}/.pitwall/runs/${basename(runDirectory)}`,
    ranks: status?.ranks ?? [],
    processCount: status?.processCount ?? 0,
    enter: (rank, command) => [
      ...agent,
      "enter",
      place.folder,
      rank === undefined ? "-" : String(rank),
      "--",
      ...command,
    ],
    wrapTerminal: (command) => opened.wrapTerminal(command),
    remote: { shell: await hosts.sshCommand(host), destination: host.destination },
  };
}

function endedIn(text: string): number {
  const [, count] = /"endedCount": (\d+)/u.exec(text) ?? [];
  return Number(count ?? 0);
}
