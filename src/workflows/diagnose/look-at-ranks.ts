import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { RankStack } from "../../diagnose/flight/causes-of-dumps.ts";
import type { FlightDump } from "../../diagnose/flight/flight-dump.ts";
import { readFlightDump } from "../../diagnose/flight/read-flight-dump.ts";
import { peerOfStack } from "../../diagnose/flight/peer-of-stack.ts";
import { readStack } from "../../diagnose/flight/read-stack.ts";
import { parseRasStatus } from "../../diagnose/ras/parse-ras-status.ts";
import type { RasStatus } from "../../diagnose/ras/ras-status.ts";
import type { ReachedHost } from "../../launch/agent/reached-job.ts";
import { runOnHost } from "../../launch/agent/run-on-host.ts";
import { packageRoot } from "../../store/catalogue/package-root.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { reachRunning } from "../control/reach-running.ts";
import type { Means } from "../control/reach-run.ts";

/** What the ranks of a running job do now. */
export interface SeenRanks {
  stacks: RankStack[];
  dumps: FlightDump[];
  ras: RasStatus[];
  unread: { file: string; reason: string }[];
}

const answer = z.object({
  /** What NCCL's RAS answered, in the order of time. */
  ras: z.array(z.string()).default([]),
  ranks: z.array(
    z.object({
      rank: z.number().int().nonnegative(),
      call: z.object({ name: z.string(), of: z.string() }).nullable(),
      cpu: z.number().nullable(),
      wakes: z.number().nullable(),
      store: z.enum(["listens", "connected", "connecting", "none"]).nullable(),
      hasAgentStore: z.boolean(),
      pySpy: z.string().nullable(),
      /** For py-spy, as the helper writes it into its stack. */
      peer: z.string().nullable(),
      stack: z.string().nullable(),
      dump: z.string().nullable(),
    }),
  ),
});
type SeenRank = z.output<typeof answer>["ranks"][number];

const lookMs = 60_000;

/**
 * Looks at the processes of a running job on all of its hosts: stacks by py-spy or by the helper, Flight Recorder dumps by the helper, and the
 * system call of each rank. The processes go on.
 *
 * @throws UserError what `reachRunning` throws
 */
export async function lookAtRanks(record: RunRecord, means: Means): Promise<SeenRanks> {
  const program = await readFile(join(packageRoot, "agent", "look_at_ranks.py"), "utf8");
  const job = await reachRunning(record, undefined, means);
  try {
    const seen = await Promise.all(job.hosts.map((host) => lookAtHost(host, program)));
    const lost = job.unreachable.map(({ host, error }) => ({ file: host, reason: error.message }));
    return {
      stacks: ofEachRank(seen.flatMap(({ stacks }) => stacks)),
      dumps: ofEachRank(seen.flatMap(({ dumps }) => dumps)),
      // Each host has the answer for the whole job.
      ras: seen.find(({ ras }) => ras.length > 0)?.ras ?? [],
      unread: [...seen.flatMap(({ unread }) => unread), ...lost],
    };
  } finally {
    await job.close();
  }
}

/** Hosts that share their processes, such as containers, show a rank more than once. */
function ofEachRank<Seen extends { rank: number }>(seen: readonly Seen[]): Seen[] {
  return [...new Map(seen.map((each) => [each.rank, each])).values()].toSorted(
    (a, b) => a.rank - b.rank,
  );
}

async function lookAtHost(host: ReachedHost, program: string): Promise<SeenRanks> {
  const { access } = host;
  const words = host.enter(undefined, ["python3", "-c", program]);
  const outcome = await runOnHost(access, words, { timeoutMs: lookMs });
  const parsed = outcome.kind === "ended" ? answer.safeParse(parseJson(outcome.stdout)) : undefined;
  if (parsed?.data === undefined) {
    const reason = "its processes could not be looked at";
    return { stacks: [], dumps: [], ras: [], unread: [{ file: access.host, reason }] };
  }
  const { ranks, ras } = parsed.data;
  return {
    stacks: ranks.flatMap((seen) => stackOf(seen) ?? []),
    dumps: ranks.flatMap((seen) => dumpOf(seen) ?? []),
    ras: ras.flatMap((text) => parseRasStatus(text, `NCCL's RAS on ${access.host}`) ?? []),
    unread: [],
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.trim().split("\n").at(-1) ?? "");
  } catch {
    // The command printed something else: the host has no such Python.
    return undefined;
  }
}

/** Without a stack of Python, the system call stands for it. */
function stackOf(seen: SeenRank): RankStack | undefined {
  const { rank, pySpy, stack, call, peer: peerText } = seen;
  const process = processOf(seen);
  const text = pySpy ?? (stack === null ? undefined : fromBase64(stack).toString("utf8"));
  const frames = text === undefined ? undefined : readStack(text);
  const peer = peerOfStack(peerText ?? text ?? "");
  if (frames !== undefined && frames.length > 0)
    return {
      rank,
      file: pySpy === null ? `stack of rank ${rank}` : `py-spy, rank ${rank}`,
      frames,
      ...(peer === undefined ? {} : { peer }),
      ...process,
    };
  if (call === null) return undefined;
  const name = call.of === "" ? call.name : `${call.name} of a ${call.of}`;
  return {
    rank,
    file: `system call of rank ${rank}`,
    frames: [{ function: name, file: "<kernel>", line: 0 }],
    ...process,
  };
}

function processOf({ cpu, wakes, store, hasAgentStore }: SeenRank): Pick<RankStack, "process"> {
  if (cpu === null || wakes === null || store === null) return {};
  return { process: { cpuShare: cpu, wakes, store, hasAgentStore } };
}

function dumpOf({ rank, dump }: SeenRank): FlightDump | undefined {
  if (dump === null) return undefined;
  const given = { file: `dump of rank ${rank}`, rank, dumpedMs: undefined };
  const reading = readFlightDump(fromBase64(dump), given);
  return reading.kind === "read" ? reading.dump : undefined;
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, "base64");
}
