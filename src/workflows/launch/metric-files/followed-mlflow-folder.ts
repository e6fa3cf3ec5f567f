import type { LoggedValue } from "../../../formats/logged-value.ts";
import { readMeta } from "../../../formats/mlflow/read-meta.ts";
import { MetricFileLines } from "../../../formats/mlflow/read-metric-file.ts";
import type { WantedReadings } from "../../../formats/text/metrics/wanted-metric.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import { FollowedFile } from "../../../store/metric-files/followed-file.ts";
import {
  hasMetricSince,
  metaChangedMs,
  mlflowMetrics,
  readMlflowMeta,
} from "../../../store/mlflow/mlflow-run-folder.ts";
import { describeRefusal } from "../../../store/open-file.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import type { FoundFile, MetricSource, ReadPass } from "./metric-source.ts";
import { MlflowRunValues } from "./mlflow-run-values.ts";

/** One run in an MLflow file store: a folder with one file for each metric. */
export class FollowedMlflowFolder implements MetricSource {
  isChanged = false;
  readonly #found: FoundFile;
  readonly #values: MlflowRunValues;
  readonly #files = new Map<string, { file: FollowedFile; lines: MetricFileLines }>();
  #isOld: boolean;
  #hasStarted = false;
  /** Values from the last read that are newer than it: other files may have older ones that were not read yet. */
  #held: LoggedValue[] = [];
  #refusal: string | undefined;

  /** @param isOld whether the run existed before the launch */
  constructor(found: FoundFile, { wanted, isOld }: { wanted: WantedReadings; isOld: boolean }) {
    this.#found = found;
    this.#isOld = isOld;
    this.#values = new MlflowRunValues(found.path, wanted);
  }

  get isOld(): boolean {
    return this.#isOld;
  }

  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  get reader(): MetricSource["reader"] {
    return this.#isOld ? undefined : this.#values.names;
  }

  *read(pass: ReadPass): Generator<PlacedReading[]> {
    this.#hasStarted ||= !this.#isOld && this.#start(pass.launchedMs);
    if (this.#isOld && pass.isLast) this.isChanged = this.#hasGrownSince(pass.launchedMs);
    if (!this.#hasStarted) return;
    const isReady = ({ timeMs = 0 }: LoggedValue): boolean => pass.isLast || timeMs < pass.readMs;
    const found = this.#newValues();
    const values = [...this.#held, ...found.filter((value) => isReady(value))];
    this.#held = found.filter((value) => !isReady(value));
    const placed = this.#values.place(values, pass);
    if (placed.length > 0) yield placed;
  }

  findings(time: { launchedMs: number; isOver: boolean }): Finding[] {
    const { path } = this.#found;
    const refusal = this.#refusal;
    return [
      ...this.#values.findings(time),
      ...(this.#isOld && this.isChanged ? [{ rule: "mlflow-run-older" as const, path }] : []),
      ...(refusal === undefined
        ? []
        : [{ rule: "metrics-file-unreadable" as const, path, reason: refusal }]),
    ];
  }

  close(): void {
    for (const { file } of this.#files.values()) file.close();
  }

  /** Whether the run has begun after the launch; false as long as it has no `meta.yaml`. */
  #start(launchedMs: number): boolean {
    const meta = readMlflowMeta(this.#found.absolutePath);
    const startedMs = Number(readMeta(meta ?? "")?.get("start_time"));
    // A store that was copied here during the run has older runs.
    this.#isOld = startedMs < Math.floor(launchedMs);
    return startedMs >= Math.floor(launchedMs);
  }

  #hasGrownSince(launchedMs: number): boolean {
    const { absolutePath } = this.#found;
    // MLflow writes `meta.yaml` anew when it opens a run again.
    return metaChangedMs(absolutePath) >= launchedMs && hasMetricSince(absolutePath, launchedMs);
  }

  #newValues(): LoggedValue[] {
    const values: LoggedValue[] = [];
    for (const [metric, path] of mlflowMetrics(this.#found.absolutePath)) {
      this.isChanged = true;
      if (!this.#values.isWanted(metric)) continue;
      const followed = this.#files.get(metric) ?? newMetric(metric, path);
      this.#files.set(metric, followed);
      for (const piece of followed.file.pieces()) {
        if (piece.kind === "refused") this.#refusal = describeRefusal(piece.refusal);
        if (piece.kind === "start") followed.lines = new MetricFileLines(metric);
        if (piece.kind === "bytes") values.push(...followed.lines.push(piece.bytes));
      }
    }
    return values;
  }
}

function newMetric(metric: string, path: string) {
  return { file: new FollowedFile(path), lines: new MetricFileLines(metric) };
}
