import { TrainingObserver } from "../../planner/review/observe-training.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { EnergyReading } from "../../schema/run/measured/energy.ts";
import type { Price } from "../../schema/run/request/price.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { settingsVariable } from "../../schema/run/request/settings-variable.ts";
import { totalEnergy } from "../../schema/run/measured/total-energy.ts";
import type { SystemDescription } from "../../schema/system-description.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import { loadText } from "../import-logs/load-text.ts";
import { ambiguousRun, openRecord, unknownRun } from "../read-run/show-run.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { finishedOf } from "./finished-of-files.ts";

const kwhPerJoule = 1 / 3_600_000;

/**
 * Reads the finished runs that a text names.
 *
 * @throws UserError `unknown-run`, `ambiguous-run`, `record-broken`, `run-not-finished`
 */
export async function finishedOfRuns(store: RunStore, text: string): Promise<FinishedTraining[]> {
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run":
      return [await finishedOfRecord(await openRecord(store, meant.runId))];
    case "series": {
      const records = await Promise.all(meant.runIds.map((runId) => openRecord(store, runId)));
      const ended = records.filter(
        ({ result, request }) => result !== undefined && request.isWarmup !== true,
      );
      const used = ended.length > 0 ? ended : records;
      return Promise.all(used.map(finishedOfRecord));
    }
    case "ambiguous":
      throw ambiguousRun(text, meant.candidates);
    case "unknown":
      throw unknownRun(text, meant);
  }
}

/** @throws UserError `run-not-finished` */
export async function finishedOfRecord(record: RunRecord): Promise<FinishedTraining> {
  const { request, result, state } = record;
  if (state.kind === "running")
    throw new UserError("run-not-finished", `the run \`${record.runId}\` is still running`, {
      hint: "wait until it has ended, or stop it with `pitwall stop`",
    });
  const observer = await observerOf(record);
  const [loaded] = await loadText(record.logPath, record.runId);
  const times = record.events.events.map(({ timeMs }) => timeMs);
  const span = { fromMs: Math.min(...times), toMs: Math.max(...times) };
  const training =
    loaded === undefined
      ? observer.finish(record.runId, { span, hasTimes: true })
      : await finishedOf(loaded, observer);
  return {
    ...training,
    name: record.runId,
    outcome: outcomeOf(result?.outcome.kind) ?? training.outcome,
    acceleratorText: request.system.accelerator_model_name,
    stated: { ...systemCount(request.system), ...training.stated },
    usdPerHour: usdPerHourOf(request.price, request.system),
    measuredKwh: measuredKwh(result?.energy ?? []),
  };
}

/** With what the record has beside the log. */
async function observerOf(record: RunRecord): Promise<TrainingObserver> {
  const observer = new TrainingObserver();
  const { startable } = record.request;
  for (const { samples } of await record.readSamples())
    for (const sample of samples) if (sample.kind === "step") observer.sample(sample);
  for (const { event } of record.events.events) if (event.kind === "attached") observer.restarted();
  for (const [name, text] of settingsOf(startable)) observer.setting(name, text, "settings");
  return observer;
}

/** What an imported log stored with it, or a workload file gave the program. */
function settingsOf(startable: RunRequest["startable"]): readonly (readonly [string, string])[] {
  switch (startable.kind) {
    case "imported":
      return Object.entries(startable.origin.settings ?? {});
    case "command":
      return flatSettings(parsedSettings(startable.env[settingsVariable]));
    case "embedded":
      return [];
  }
}

function parsedSettings(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    // The variable belongs to the program, and may have any form.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Values by name; those of groups, such as `layout`, by their own names. */
function flatSettings(settings: unknown): (readonly [string, string])[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([name, value]) =>
    typeof value === "object" ? flatSettings(value) : [[name, String(value)] as const],
  );
}

function outcomeOf(kind: string | undefined): FinishedTraining["outcome"] | undefined {
  if (kind === undefined) return undefined;
  return kind === "reached" || kind === "untimed" ? "reached" : "not-reached";
}

function systemCount(system: SystemDescription): FinishedTraining["stated"] {
  const count = system.number_of_nodes * system.accelerators_per_node;
  if (count === 0) return {};
  return {
    count: { value: String(count), origin: "record" },
    perNode: { value: String(system.accelerators_per_node), origin: "record" },
  };
}

function usdPerHourOf(
  price: Price | undefined,
  system: SystemDescription,
): FinishedTraining["usdPerHour"] {
  if (price === undefined) return undefined;
  const units =
    system.number_of_nodes * (price.per === "node" ? 1 : Math.max(1, system.accelerators_per_node));
  return { amount: price.usdPerHour * units, source: `${price.source}, ${price.date}` };
}

/** Estimates of the run itself do not count: the review has one of its own. */
function measuredKwh(readings: readonly EnergyReading[]): number | undefined {
  const total = totalEnergy(readings);
  return total?.label === "measured" ? total.joules * kwhPerJoule : undefined;
}
