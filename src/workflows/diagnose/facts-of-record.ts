import { LineSigns } from "../../diagnose/lines/line-signs.ts";
import type { SeenLink } from "../../diagnose/links/find-slow-links.ts";
import type { SeenWaits } from "../../diagnose/steps/find-sleeping-rank.ts";
import type { RunFacts } from "../../diagnose/run-facts.ts";
import { eventsOfLastAttempt } from "../../schema/run/outcome/attempts.ts";
import { isDumpFile } from "../../schema/run/events/dump-files.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { attributedLines } from "../../store/records/read/attributed-lines.ts";
import { logFile } from "../../store/records/record-files.ts";
import type { RunRecord } from "../../store/records/run-store.ts";
import { readDumpFiles } from "./read-dump-files.ts";

/** Most programs have printed something by then. */
const beginningMs = 15_000;

/**
 * What a record shows of the last attempt of its run: the input of a diagnosis.
 *
 * @param known what is known of a run that goes on after its last attempt failed
 */
export async function factsOfRecord(
  record: RunRecord,
  nowMs: number,
  known: Partial<Pick<RunFacts, "state" | "outcome" | "findings">> = {},
): Promise<RunFacts> {
  const { directory, result, state, events } = record;
  let signs = new LineSigns();
  for await (const { number, rank, text, startsAttempt } of attributedLines(directory)) {
    if (startsAttempt) signs = new LineSigns();
    else signs.push({ file: logFile, line: number, rank, text });
  }
  const last = eventsOfLastAttempt(events.events);
  const sinceMs = last === events.events ? 0 : (last[0]?.timeMs ?? 0);
  const files = await readDumpFiles(directory, { signs, accepts: isDumpFile });
  const { steps, links, waits = [] } = await samplesOf(record, sinceMs);
  return {
    isMute: state.kind === "running" && isMute(signs, last, nowMs),
    state: state.kind,
    outcome: result?.outcome,
    events: last,
    findings: result?.findings ?? [],
    ...signs.seen,
    steps,
    links,
    waits,
    ...files,
    // Files of a wait that ends are removed, so a wait whose files are still there lasted until then.
    dumps: files.dumps
      .filter(({ dumpedMs = nowMs }) => dumpedMs >= sinceMs)
      .map((dump) => Object.assign(dump, { dumpedMs: seenUntilMs(record, nowMs) })),
    ...known,
  };
}

function isMute(signs: LineSigns, events: readonly LifecycleEvent[], nowMs: number): boolean {
  const startedMs = events.findLast(({ event }) => event.kind === "launched")?.timeMs ?? nowMs;
  return signs.seen.lineCount === 0 && nowMs - startedMs > beginningMs;
}

function seenUntilMs({ state, events }: RunRecord, nowMs: number): number {
  return state.kind === "running" ? nowMs : (events.events.at(-1)?.timeMs ?? nowMs);
}

/** The step samples of each rank from a moment on, and how the hosts reached each other. */
async function samplesOf(
  record: Pick<RunRecord, "readSamples">,
  sinceMs: number,
): Promise<Pick<RunFacts, "steps" | "links" | "waits">> {
  const steps = new Map<number, StepSample[]>();
  const links: SeenLink[] = [];
  const waits: SeenWaits[] = [];
  for (const { samples } of await record.readSamples()) {
    for (const sample of samples) {
      if (sample.timeMs < sinceMs) continue;
      if (sample.kind === "host") {
        const { host, timeMs } = sample;
        for (const [to, link] of Object.entries(sample.links ?? {}))
          links.push({ ...link, timeMs, from: host, to });
        for (const [rank, counts] of Object.entries(sample.ranks ?? {}))
          waits.push({ ...counts, timeMs, rank: Number(rank) });
        continue;
      }
      const known = steps.get(sample.rank);
      if (known === undefined) steps.set(sample.rank, [sample]);
      else known.push(sample);
    }
  }
  const inOrder = [...steps].map(
    ([rank, each]) => [rank, each.toSorted((a, b) => a.timeMs - b.timeMs)] as const,
  );
  return {
    steps: new Map(inOrder),
    links: links.toSorted((a, b) => a.timeMs - b.timeMs),
    waits: waits.toSorted((a, b) => a.timeMs - b.timeMs),
  };
}

/** The step samples of each rank from a moment on. */
export async function stepsOf(
  record: Pick<RunRecord, "readSamples">,
  sinceMs: number,
): Promise<RunFacts["steps"]> {
  return (await samplesOf(record, sinceMs)).steps;
}
