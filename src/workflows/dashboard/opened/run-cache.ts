import { join } from "node:path";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { recordPlace } from "../../../store/records/write/record-gate.ts";
import { evictAfterMs, runsToEvict } from "./evict-runs.ts";
import { FirstView } from "./first-view.ts";
import { OpenRun } from "./open-run.ts";
import { followRun, type WatchWorld } from "../follow/watch-world.ts";

/** Delays the timer beyond the age limit, so that the run has exceeded it. */
const evictionSlackMs = 1000;

/** The runs of one home in memory. Unwatched ones are evicted after a minute. */
export class RunCache {
  readonly #home: string;
  readonly #world: WatchWorld;
  readonly #runs = new Map<string, OpenRun>();
  #timer: NodeJS.Timeout | undefined;

  constructor(home: string, world: WatchWorld) {
    this.#home = home;
    this.#world = world;
  }

  /**
   * Returns the run from memory, or reads it from its record.
   *
   * @throws UserError `unknown-run`, `record-broken`, `record-linked`
   */
  async open(runId: string): Promise<OpenRun> {
    this.#checkPlace(runId);
    const opened = this.#runs.get(runId) ?? (await this.#read(runId));
    opened.usedMs = this.#world.nowMs();
    return opened;
  }

  /** What is stored of a finished run; undefined for one without a verdict. */
  async firstViewOf(opened: OpenRun): Promise<FirstView | undefined> {
    const { run } = opened;
    if (run.result === undefined) return undefined;
    const path = join(this.#home, "cache", `${run.runId}.view`);
    opened.firstView ??= await FirstView.open(path, {
      directory: run.directory,
      files: run.samples.rankFiles(),
    });
    return opened.firstView;
  }

  /** Runs that at least one client follows. */
  watched(): OpenRun[] {
    return [...this.#runs.values()].filter(({ watcherCount }) => watcherCount > 0);
  }

  /** Whether the record still exists inside the home and is not a link. */
  isInside({ run }: OpenRun): boolean {
    const place = recordPlace(this.#home, run.runId);
    return place.kind === "inside";
  }

  /** Removes a run whose record was deleted. @returns the error for the client */
  remove(opened: OpenRun): UserError {
    opened.isRemoved = true;
    this.#runs.delete(opened.run.runId);
    return unknownRun(opened.run.runId);
  }

  /** Evicts runs that are due, and schedules the next eviction while unwatched runs remain. */
  evict(): void {
    const idle = [...this.#runs.values()]
      .filter(({ watcherCount }) => watcherCount === 0)
      .map(({ run, usedMs }) => {
        return { runId: run.runId, usedMs, rowCount: run.samples.steps.rowCount };
      });
    for (const runId of runsToEvict(idle, this.#world.nowMs())) this.#runs.delete(runId);
    this.close();
    if (idle.length === 0) return;
    this.#timer = setTimeout(() => this.evict(), evictAfterMs + evictionSlackMs);
    this.#timer.unref();
  }

  /** Stops the eviction timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #checkPlace(runId: string): void {
    const place = recordPlace(this.#home, runId);
    switch (place.kind) {
      case "inside":
        return;
      case "absent": {
        const known = this.#runs.get(runId);
        throw known === undefined ? unknownRun(runId) : this.remove(known);
      }
      case "linked":
        throw new UserError(
          "record-linked",
          `cannot show the record of \`${runId}\`: ${place.what} ${place.fault}`,
          {
            hint: "links can expose files outside the record; copy it into the home without links",
          },
        );
    }
  }

  async #read(runId: string): Promise<OpenRun> {
    const outcome = await this.#world.store.open(runId);
    if (outcome.kind === "unknown") throw unknownRun(runId);
    if (outcome.kind === "broken") {
      throw new UserError("record-broken", `cannot read the record of \`${runId}\``, {
        hint: outcome.reason,
      });
    }
    const columnsFile = join(this.#home, "cache", `${outcome.record.runId}.columns`);
    const run = await followRun(outcome.record, this.#world, columnsFile);
    // Another request may have opened it in the meantime.
    const raced = this.#runs.get(runId);
    if (raced !== undefined) return raced;
    const opened = new OpenRun(run);
    this.#runs.set(runId, opened);
    return opened;
  }
}

function unknownRun(runId: string): UserError {
  return new UserError("unknown-run", `unknown run \`${runId.slice(0, 200)}\``, {
    hint: "`pitwall runs` lists the runs",
  });
}
