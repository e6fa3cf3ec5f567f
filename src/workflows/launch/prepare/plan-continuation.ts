import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { runName } from "../../../schema/run/request/run-name.ts";
import { formatTargets } from "../../../schema/run/outcome/target-text.ts";
import { earlierPartsOf } from "../../../score/parts/earlier-parts-of.ts";
import type { RunRecord, RunStore, RunSummary } from "../../../store/records/run-store.ts";
import { rereadRun } from "../../read-run/verify/reread-run.ts";
import type { SeriesPlan } from "./plan-series.ts";

const option = "--continues";

/**
 * The plan of one run that continues a training which an earlier run began: the clock, the cost and the energy of the
 * earlier run are part of its own.
 *
 * @param text a run, the beginning of its name, or `last`
 * @param seed the seed that the user gave; default: that of the earlier run
 * @throws UserError `option-unused`, `unknown-run`, `ambiguous-run`, `record-broken`, `continued-run-running`,
 * `continued-run-reached`, `continued-run-imported`, `continued-run-uncounted`, `continued-run-unstarted`,
 * `continued-run-differs`, `continued-twice`, `continued-with-clock`
 */
export async function planContinuation(
  store: RunStore,
  { text, plan, seed }: { text: string; plan: SeriesPlan; seed: number | undefined },
): Promise<SeriesPlan> {
  refuseSeries(plan);
  const record = await openNamed(store, text);
  const { request } = record;
  refuseUnlessCut(record);
  refuseDifference(record, plan, seed);
  const follower = await followerOf(store, record.runId);
  if (follower !== undefined) throw continuedTwice(record.runId, follower);
  return { ...plan, seeds: [request.seed], continues: await partsOf(record) };
}

/** Options for several runs: one training has only one continuation. */
function refuseSeries({ seeds, warmupCount = 0, retries = 0 }: SeriesPlan): void {
  const given =
    seeds.length > 1
      ? "--runs"
      : warmupCount > 0
        ? "--warmup"
        : retries > 0
          ? "--retries"
          : undefined;
  if (given === undefined) return;
  throw new UserError("option-unused", `\`${option}\` cannot be combined with \`${given}\``, {
    at: option,
    hint: "it starts one run, which continues the training of one earlier run",
  });
}

async function openNamed(store: RunStore, text: string): Promise<RunRecord> {
  const runId = await resolveRun(store, text);
  const opened = await store.open(runId);
  if (opened.kind === "opened") return opened.record;
  throw new UserError("record-broken", `cannot read the record of \`${runId}\``, {
    at: option,
    saw: opened.kind === "broken" ? opened.reason : "it was there a moment ago",
  });
}

async function resolveRun(store: RunStore, text: string): Promise<string> {
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run":
      return meant.runId;
    case "series": {
      const [only, ...others] = meant.runIds;
      if (only !== undefined && others.length === 0) return only;
      throw ambiguousRun(text, meant.runIds);
    }
    case "ambiguous":
      throw ambiguousRun(text, meant.candidates);
    case "unknown": {
      const nearest =
        meant.nearest ??
        nearestWord(
          text,
          (await store.list()).map(({ runId }) => runId),
        );
      throw new UserError("unknown-run", `unknown run \`${text}\``, {
        at: option,
        hint: nearest === undefined ? "`pitwall runs` lists them" : `did you mean \`${nearest}\`?`,
      });
    }
  }
}

function ambiguousRun(text: string, candidates: readonly string[]): UserError {
  return new UserError("ambiguous-run", `\`${text}\` matches ${candidates.length} runs`, {
    at: option,
    saw: candidates.slice(0, 5).join("\n"),
    hint: "specify the run to continue",
  });
}

/** A run that is over, has not reached its target, and was part of no other training. */
function refuseUnlessCut({ runId, state, request, result, events }: RunRecord): void {
  const { hostname, pid } = request.owner;
  if (state.kind === "running")
    throw new UserError("continued-run-running", `\`${runId}\` is still running`, {
      at: option,
      saw: `process ${pid} on ${hostname} is writing its record`,
      hint: "wait until it ends or stop it, then continue it",
    });
  if (request.startable.kind === "imported")
    throw new UserError("continued-run-imported", `\`${runId}\` was imported from a log`, {
      at: option,
      hint: "only a run that Pitwall has started can be continued",
    });
  const outcome = result?.outcome.kind;
  if (outcome === "reached" || events.events.some(({ event }) => event.kind === "target-reached"))
    throw new UserError("continued-run-reached", `\`${runId}\` reached its target`, {
      at: option,
      hint: "its time to train is complete; start a new run without `--continues`",
    });
  if (request.isWarmup === true)
    throw new UserError(
      "continued-run-uncounted",
      `\`${runId}\` is a warm-up, which is not counted`,
      {
        at: option,
        hint: "`pitwall runs` lists the other runs of its series",
      },
    );
  if (launchTime({ events }) === undefined)
    throw new UserError("continued-run-unstarted", `the program of \`${runId}\` was not started`, {
      at: option,
      hint: "there is nothing to continue; start a new run without `--continues`",
    });
}

/** Two parts of one training have the same name, target, readings and seed. */
function refuseDifference(
  { runId, request }: RunRecord,
  plan: SeriesPlan,
  seed: number | undefined,
): void {
  refuseProgramClock(runId, request.reading.programClock ?? plan.reading.programClock);
  const pairs: [string, string, string][] = [
    ["name", runName(request), runName(plan)],
    ["target", formatTargets(request) ?? "none", formatTargets(plan) ?? "none"],
    ["metrics", metricsText(request.reading), metricsText(plan.reading)],
    ["seed", String(request.seed), String(seed ?? request.seed)],
  ];
  const different = pairs.find(([, was, is]) => was !== is);
  if (different === undefined) return;
  const [what, was, is] = different;
  throw new UserError("continued-run-differs", `\`${runId}\` has another ${what}`, {
    at: option,
    saw: `${was} on record, ${is} now`,
    hint: `give the run that continues it the same ${what}`,
  });
}

function refuseProgramClock(runId: string, clock: string | undefined): void {
  if (clock === undefined) return;
  throw new UserError("continued-with-clock", `\`${option}\` cannot be combined with \`--clock\``, {
    at: option,
    saw: `\`${clock}\` as the clock`,
    hint: `what the program's own clock showed when \`${runId}\` was cut is unknown; leave out \`--clock\` in all parts`,
  });
}

function metricsText({ metrics, metricsFrom = [] }: SeriesPlan["reading"]): string {
  const texts = metrics.map(({ metric, pattern }) => pattern ?? metric);
  return [...texts, ...metricsFrom.map((path) => `from ${path}`)].join(", ") || "none";
}

/** The run that has continued another one. A run whose program was not started does not count. */
async function followerOf(store: RunStore, runId: string): Promise<string | undefined> {
  const followers = (await store.list()).filter((run) => continuesRun(run, runId));
  for (const follower of followers) {
    const opened = await store.open(follower.runId);
    if (opened.kind !== "opened") continue;
    const { record } = opened;
    if (record.state.kind === "running" || launchTime(record) !== undefined) return record.runId;
  }
  return undefined;
}

function continuesRun(run: RunSummary, runId: string): boolean {
  return run.kind === "readable" && run.request.continues?.runIds.at(-1) === runId;
}

function continuedTwice(runId: string, followerId: string): UserError {
  return new UserError("continued-twice", `\`${runId}\` was already continued`, {
    at: option,
    saw: `\`${followerId}\` continues it`,
    hint: `to go on from there: \`${option} ${followerId}\``,
  });
}

/** The totals of the parts so far. Without a result, a run lasted until its last event or sample. */
async function partsOf(record: RunRecord) {
  const { request, result, events } = record;
  const { run } = await rereadRun(record);
  const launchedMs = launchTime(record) ?? request.createdMs;
  const endedMs = result?.clock.endedMs ?? (await lastTimeOf(record));
  const started = events.events.findLast(({ event }) => event.kind === "clock-started");
  return earlierPartsOf({
    request,
    launchedMs,
    runStartMs: result?.clock.runStartMs ?? started?.timeMs,
    endedMs,
    energy: result?.energy,
    samplesCount: run.samplesCount ?? request.continues?.samplesCount,
  });
}

function launchTime({ events }: Pick<RunRecord, "events">): number | undefined {
  return events.events.find(({ event }) => event.kind === "launched")?.timeMs;
}

async function lastTimeOf(record: RunRecord): Promise<number> {
  const eventMs = record.events.events.at(-1)?.timeMs ?? record.request.createdMs;
  const files = await record.readSamples();
  const sampleMs = files.map(({ samples }) => samples.at(-1)?.timeMs ?? 0);
  return Math.max(eventMs, ...sampleMs);
}
