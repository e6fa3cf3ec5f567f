import { z } from "zod";
import { hostName } from "./host.ts";
import { eventsOfLastAttempt } from "../outcome/attempts.ts";
import type { LifecycleEvent } from "../events/lifecycle-event.ts";
import { launchedRank } from "./rank.ts";

const rankState = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("running") }),
  z.strictObject({
    kind: z.literal("exited"),
    timeMs: z.number(),
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal("host-lost"), timeMs: z.number() }),
]);

const rankOfJob = launchedRank.extend({ state: rankState });
type RankOfJob = z.output<typeof rankOfJob>;

/** The hosts and ranks of a job according to its events, in the order of the ranks. */
export const jobRanks = z.strictObject({ hosts: z.array(hostName), ranks: z.array(rankOfJob) });
export type JobRanks = z.output<typeof jobRanks>;

/** The hosts and ranks of a job from its events, in its last attempt; none before the launch. */
export function jobRanksOf(events: readonly LifecycleEvent[]): JobRanks {
  const ranks = new Map<number, RankOfJob>();
  for (const event of eventsOfLastAttempt(events)) applyEvent(ranks, event);
  const listed = [...ranks.values()];
  return { hosts: [...new Set(listed.map(({ host }) => host))], ranks: listed };
}

/** Other events say nothing about ranks. */
function applyEvent(ranks: Map<number, RankOfJob>, { timeMs, event }: LifecycleEvent): void {
  if (event.kind === "launched") {
    const { kind: _, ...rank } = event;
    ranks.set(rank.rank, { ...rank, state: { kind: "running" } });
  }
  if (event.kind === "rank-exited") {
    const { exitCode, signal } = event;
    const rank = ranks.get(event.rank);
    if (rank !== undefined) rank.state = { kind: "exited", timeMs, exitCode, signal };
  }
  if (event.kind === "host-lost") loseHost(ranks, event.host, timeMs);
}

function loseHost(ranks: Map<number, RankOfJob>, host: string, timeMs: number): void {
  for (const rank of ranks.values()) {
    const isCut = rank.host === host && rank.state.kind === "running";
    if (isCut) rank.state = { kind: "host-lost", timeMs };
  }
}
