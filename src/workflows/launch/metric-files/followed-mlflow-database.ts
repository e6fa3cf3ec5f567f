import { valuesOfRows } from "../../../formats/mlflow/database-values.ts";
import type { WantedReadings } from "../../../formats/text/metrics/wanted-metric.ts";
import { errorCode, errorMessage } from "../../../foundation/errors/error-code.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import { databaseState, fileIdentity } from "../../../store/mlflow/database-state.ts";
import {
  type DatabaseRowOfRun,
  type MlflowDatabase,
  openMlflowDatabase,
} from "../../../store/mlflow/mlflow-database.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import type { FoundFile, MetricSource, ReadPass } from "./metric-source.ts";
import { MlflowRunValues } from "./mlflow-run-values.ts";

/** Copying and querying a database takes at most this fraction of the time. */
const readingFraction = 0.05;
/** A program that is creating its tables, or writes without a pause, makes single reads fail. */
const toleratedFailures = 5;

/**
 * An MLflow tracking database that the program writes. Reading takes a copy of it, in the background; `read` gives what
 * the newest copy has.
 */
export class FollowedMlflowDatabase implements MetricSource {
  isChanged = false;
  readonly isOld: boolean;
  readonly #found: FoundFile;
  readonly #wanted: WantedReadings;
  readonly #nowMs: () => number;
  readonly #runs = new Map<string, MlflowRunValues>();
  #launchedMs = Number.POSITIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #nextReadMs = Number.NEGATIVE_INFINITY;
  /** The state of the file at the last successful read. */
  #readState: string | undefined;
  #identity: string | undefined;
  /** The place of the last value that was read. */
  #row = 0;
  #rows: DatabaseRowOfRun[] = [];
  readonly #olderRuns = new Set<string>();
  #failureCount = 0;
  #problem: string | undefined;

  /** @param isOld whether it existed before the launch */
  constructor(
    found: FoundFile,
    { wanted, isOld, nowMs }: { wanted: WantedReadings; isOld: boolean; nowMs: () => number },
  ) {
    this.#found = found;
    this.#wanted = wanted;
    this.isOld = isOld;
    this.#nowMs = nowMs;
  }

  get isRefused(): boolean {
    return this.#problem !== undefined;
  }

  get reader(): MetricSource["reader"] {
    const runs = [...this.#runs.values()].map(({ names }) => names);
    if (runs.length === 0) return undefined;
    return {
      names: new Set(runs.flatMap(({ names }) => Array.from(names))),
      longerNames: new Map(runs.flatMap(({ longerNames }) => Array.from(longerNames))),
    };
  }

  /** Before the launch: skips the values that are there. */
  async skipOld(): Promise<void> {
    await this.#readCopy((database) => {
      this.#row = database.newestRow();
    });
  }

  *read(pass: ReadPass): Generator<PlacedReading[]> {
    this.#launchedMs = pass.launchedMs;
    const rows = this.#rows.splice(0);
    if (!pass.isLast) this.#startReading(pass.readMs);
    for (const [runId, ofRun] of rowsByRun(rows)) {
      const placed = this.#valuesOf(runId).place(valuesOfRows(ofRun), pass);
      if (placed.length > 0) yield placed;
    }
  }

  /** The program has ended: reads the rest. */
  async settle(launchedMs: number): Promise<void> {
    this.#launchedMs = launchedMs;
    await this.#reading;
    if (databaseState(this.#found.absolutePath) === this.#readState) return;
    await this.#readNew();
  }

  findings(time: { launchedMs: number; isOver: boolean }): Finding[] {
    const { path } = this.#found;
    const isReported = time.isOver || this.#failureCount > toleratedFailures;
    return [
      ...[...this.#runs.values()].flatMap((run) => run.findings(time)),
      ...[...this.#olderRuns].map((runId): Finding => {
        return { rule: "mlflow-run-older", path: pathOfRun(path, runId) };
      }),
      ...(this.#problem !== undefined && isReported
        ? [{ rule: "metrics-file-unreadable" as const, path, reason: this.#problem }]
        : []),
    ];
  }

  close(): void {
    // Each copy is closed when it has been read.
  }

  #startReading(nowMs: number): void {
    if (this.#reading !== undefined || nowMs < this.#nextReadMs) return;
    if (databaseState(this.#found.absolutePath) === this.#readState) return;
    this.#reading = this.#readNew().finally(() => {
      this.#reading = undefined;
    });
  }

  async #readNew(): Promise<void> {
    // Times of MLflow are whole milliseconds.
    const startedMs = Math.floor(this.#launchedMs);
    await this.#readCopy((database) => {
      const rows = database.metricsAfter(this.#row, { startedMs });
      for (const row of rows) this.#rows.push(row);
      for (const runId of database.olderRunsAfter(this.#row, { startedMs }))
        this.#olderRuns.add(runId);
      this.#row = database.newestRow();
      this.isChanged ||= rows.length > 0 || this.#olderRuns.size > 0;
    });
  }

  async #readCopy(take: (database: MlflowDatabase) => void): Promise<void> {
    const { absolutePath } = this.#found;
    const startedMs = this.#nowMs();
    const identity = fileIdentity(absolutePath);
    const state = databaseState(absolutePath);
    try {
      const database = await openMlflowDatabase(absolutePath);
      try {
        if (identity !== this.#identity || database.newestRow() < this.#row) this.#row = 0;
        this.#identity = identity;
        take(database);
      } finally {
        await database.close();
      }
      this.#readState = state;
      this.#problem = undefined;
      this.#failureCount = 0;
    } catch (error) {
      const isExpected = error instanceof UserError || errorCode(error) !== undefined;
      if (!isExpected) throw error;
      this.#problem = (error instanceof UserError ? error.saw : undefined) ?? errorMessage(error);
      this.#failureCount += 1;
    }
    const nowMs = this.#nowMs();
    this.#nextReadMs = nowMs + (nowMs - startedMs) / readingFraction;
  }

  #valuesOf(runId: string): MlflowRunValues {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const values = new MlflowRunValues(pathOfRun(this.#found.path, runId), this.#wanted);
    this.#runs.set(runId, values);
    return values;
  }
}

/** As the record and the findings name a run of a database. */
function pathOfRun(path: string, runId: string): string {
  return `${path}:${runId}`;
}

function rowsByRun(rows: readonly DatabaseRowOfRun[]): Map<string, DatabaseRowOfRun[]> {
  const runs = new Map<string, DatabaseRowOfRun[]>();
  for (const row of rows) {
    const ofRun = runs.get(row.runId) ?? [];
    ofRun.push(row);
    runs.set(row.runId, ofRun);
  }
  return runs;
}
