import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import type { RunEvent } from "../../../schema/run/events/run-event.ts";
import type { RunReport, SeriesSummary } from "../../../schema/run/outcome/series-summary.ts";
import { packageRoot } from "../../../store/catalogue/package-root.ts";
import { homeDirectory } from "../../../store/records/find/home-directory.ts";
import { findPrice } from "../prepare/find-price.ts";
import { commandStartable } from "../prepare/find-workload.ts";
import { localWorld } from "../targets/local-world.ts";
import { planSeries, type SeriesRequest, type SeriesPlan } from "../prepare/plan-series.ts";
import { runSeries } from "./run-series.ts";

/** What to train: an embedded workload, or any program. */
export type TimedWorkload =
  | { workload: string; workers?: number }
  | {
      command: readonly string[];
      /** Regular expressions whose first group reads a number; none for a program that prints MLLOG. */
      metric?: string | readonly string[];
      cwd?: string;
      name?: string;
    };

/** Each option has the meaning of the flag of the same name; quantities include their unit. */
export interface TimingOptions extends Partial<Omit<SeriesRequest, "metrics">> {
  price?: string;
  /** The folder of records. Default: `$PITWALL_HOME`, else `./.pitwall`. */
  home?: string;
  /** Aborting it stops the run and keeps the record. */
  signal?: AbortSignal;
  /** Called with each event of the run. */
  onEvent?: (event: RunEvent) => void;
}

/**
 * Trains to a quality target and measures the time, like `pitwall run`.
 *
 * Times are milliseconds, costs US dollars, energy joules. Every run leaves a record.
 *
 * @throws UserError if the request is wrong; WorldError if the disk or the system fails
 * @example
 * const { summary } = await timeToTrain({ workload: "digits" }, { runs: 3, seed: 1 });
 * console.log(summary.timeToTrainMs?.median);
 */
export async function timeToTrain(
  subject: TimedWorkload,
  options: TimingOptions = {},
): Promise<{ summary: SeriesSummary; runs: readonly RunReport[] }> {
  const plan = await planOf(subject, options);
  const home = options.home === undefined ? process.env : { PITWALL_HOME: options.home };
  const world = localWorld(
    { env: process.env, nowMs, version: await packageVersion(), self: [process.execPath, binPath] },
    homeDirectory(home, process.cwd()),
  );
  const signal = options.signal ?? new AbortController().signal;
  for await (const event of runSeries(plan, world, signal)) {
    options.onEvent?.(event);
    if (event.kind === "series-finished") return { summary: event.summary, runs: event.runs };
  }
  throw new Error("a series ended without saying how");
}

async function planOf(subject: TimedWorkload, options: TimingOptions): Promise<SeriesPlan> {
  const isCommand = "command" in subject;
  const startable = isCommand
    ? programOf(subject)
    : await embedded(subject.workload, subject.workers);
  const metrics = isCommand ? [subject.metric ?? []].flat() : [];
  const price = options.price === undefined ? undefined : await findPrice(options.price, nowMs());
  return planSeries(
    { stopAtTarget: false, runs: 1, seed: 1, ...options, metrics },
    startable,
    price,
  );
}

function programOf({
  command,
  cwd,
  name,
}: Extract<TimedWorkload, { command: unknown }>): Startable {
  const startable = commandStartable(command, cwd ?? process.cwd());
  return name === undefined ? startable : { ...startable, name };
}

async function embedded(workload: string, workers = 1): Promise<Startable> {
  const { embeddedStartable } = await import("../prepare/embedded-startable.ts");
  return embeddedStartable(workload, workers);
}

const binPath = join(packageRoot, "dist", "bin.js");

// Reads the wall clock once and a monotonic clock after that: times in a record never decrease.
const originMs = Date.now() - performance.now();

function nowMs(): number {
  return originMs + performance.now();
}

async function packageVersion(): Promise<string> {
  const text = await readFile(join(packageRoot, "package.json"), "utf8");
  return /"version": *"([^"]+)"/u.exec(text)?.[1] ?? "unknown";
}
