import { cpus } from "node:os";

import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { embeddedWorkload, embeddedWorkloads } from "../../trainer/embedded-workloads.ts";
import type { ReplicaEvent } from "../../trainer/train-replica.ts";
import type { EmbeddedWorkload } from "../../trainer/workload.ts";
import { readWorkloadFiles } from "./train-here-data.ts";
import {
  openingEvents,
  type RunEnding,
  type RunHeading,
  runStop,
  startingEvents,
  trainingEvents,
} from "./train-here-log.ts";
import {
  type GroupEvent,
  type PreparedSizes,
  type ReplicaGroup,
  startReplicaThreads,
} from "./train-here-threads.ts";

export interface TrainHereOptions {
  /** Name of an embedded workload. */
  readonly workload: string;
  /** Replicas, each in its own thread. */
  readonly workers: number;
  readonly seed: number;
  /** The folder with the data files of the workloads. */
  readonly dataDirectory: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Stops after this many training samples, if below the workload's own limit. */
  readonly maxSamples?: number | undefined;
  /** Called with the telemetry of each rank, at most about five times per second per rank. */
  readonly onSample?: ((sample: StepSample) => void) | undefined;
  /** The path of the compiled train-replica-thread, if it is not next to this file. */
  readonly threadFile?: URL | undefined;
}

/**
 * Trains an embedded workload to its target on this machine and yields the run's log.
 *
 * @throws UserError if the workload does not exist or does not support this number of workers
 * @throws WorldError if the data is missing or damaged, or a replica failed: after `run_stop`
 */
export async function* trainHere(
  options: TrainHereOptions,
  signal: AbortSignal,
): AsyncGenerator<LogEvent> {
  const workload = findWorkload(options.workload);
  const { workers, seed, nowMs, maxSamples } = options;
  checkWorkers(workload, workers);
  const platform = cpus()[0]?.model.trim() ?? "unknown processor";
  const heading: RunHeading = { workload, seed, workers, platform };
  yield* openingEvents(nowMs(), heading);
  const files = await readWorkloadFiles(workload, options.dataDirectory);
  const threadFile = options.threadFile ?? new URL("./train-replica-thread.js", import.meta.url);
  const group = startReplicaThreads({
    workload: workload.name,
    files,
    workers,
    seed,
    maxSamples,
    nowMs,
    threadFile,
  });
  yield* logTraining(group, { heading, onSample: options.onSample }, signal);
}

/** The log of a group of replicas from its first line to `run_stop`, on success or failure. */
export async function* logTraining(
  group: ReplicaGroup,
  { heading, onSample }: { heading: RunHeading; onSample?: TrainHereOptions["onSample"] },
  signal: AbortSignal,
): AsyncGenerator<LogEvent> {
  const stop = (): void => group.abort();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const run = new LoggedRun(heading);
  let death: WorldError | undefined;
  try {
    for await (const message of group.events) {
      if (message.kind === "replica-died") death = diedError(message);
      if (message.kind === "event" && message.event.kind === "sample") {
        onSample?.({ ...message.event.sample, timeMs: message.timeMs });
        continue;
      }
      yield* run.eventsOf(message);
      if (message.kind === "ready") group.start();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    group.abort();
  }
  if (death !== undefined) throw death;
}

/** The state of a run's log: `run_start` and `run_stop` at most once, in this order. */
class LoggedRun {
  readonly #heading: RunHeading;
  #state: "initialising" | "running" | "stopped" = "initialising";
  #samplesPerEpoch = 1;
  #samplesCount = 0;

  constructor(heading: RunHeading) {
    this.#heading = heading;
  }

  eventsOf(message: GroupEvent): LogEvent[] {
    const { timeMs } = message;
    switch (message.kind) {
      case "ready":
        return this.#start(timeMs, message.sizes);
      case "event":
        return this.#train(timeMs, message.event);
      case "replica-died":
        return this.#stop(timeMs, { kind: "aborted", reason: "replica-died" });
      case "ended":
        return this.#stop(timeMs, { kind: "aborted", reason: "stopped" });
    }
  }

  #start(timeMs: number, sizes: PreparedSizes): LogEvent[] {
    const { trainingSampleCount } = sizes;
    this.#state = "running";
    this.#samplesPerEpoch =
      trainingSampleCount - (trainingSampleCount % this.#heading.workload.globalBatchSize);
    return startingEvents(timeMs, this.#heading, sizes);
  }

  #train(timeMs: number, event: ReplicaEvent): LogEvent[] {
    if (this.#state !== "running" || event.kind === "sample") return [];
    this.#samplesCount = event.samplesCount;
    if (event.kind !== "stopped") {
      const { target } = this.#heading.workload;
      return trainingEvents(timeMs, event, { target, samplesPerEpoch: this.#samplesPerEpoch });
    }
    return this.#stop(
      timeMs,
      event.reachedTarget ? { kind: "success" } : { kind: "aborted", reason: "gave-up" },
    );
  }

  #stop(timeMs: number, ending: RunEnding): LogEvent[] {
    if (this.#state !== "running") return [];
    this.#state = "stopped";
    return [runStop(timeMs, ending, this.#samplesCount)];
  }
}

function diedError(message: { rank: number; cause: Error }): WorldError {
  return new WorldError("replica-died", `the worker of rank ${message.rank} failed`, {
    saw: message.cause.message,
    cause: message.cause,
  });
}

function findWorkload(name: string): EmbeddedWorkload {
  const workload = embeddedWorkload(name);
  if (workload !== undefined) return workload;
  const names = embeddedWorkloads.map((known) => known.name);
  const nearest = nearestWord(name, names);
  throw new UserError("workload-unknown", `unknown workload \`${name}\``, {
    hint:
      nearest === undefined
        ? `built-in workloads: ${names.map((known) => `\`${known}\``).join(", ")}`
        : `did you mean \`${nearest}\`?`,
  });
}

function checkWorkers(workload: EmbeddedWorkload, workers: number): void {
  const { globalBatchSize, name } = workload;
  if (Number.isInteger(workers) && workers >= 1 && workers <= globalBatchSize) return;
  throw new UserError("workers-out-of-range", `\`${name}\` cannot train with ${workers} workers`, {
    hint: `use 1 to ${globalBatchSize} workers; they share its batch of ${globalBatchSize} samples`,
  });
}
