import { FileNames } from "../../../formats/metric-files/file-names.ts";
import { RequestedValues } from "../../../formats/metric-files/requested-values.ts";
import type { LoggedValue } from "../../../formats/logged-value.ts";
import { inOrderOfTime } from "../../../formats/mlflow/order-of-values.ts";
import type { WantedReadings } from "../../../formats/text/metrics/wanted-metric.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import type { ReadPass } from "./metric-source.ts";
import { ReadingTimes } from "./reading-times.ts";

/** The requested values of one MLflow run, in order of time. */
export class MlflowRunValues {
  readonly names: FileNames;
  readonly #path: string;
  readonly #requested: RequestedValues;
  readonly #times = new ReadingTimes();

  /** @param path for the record and the findings */
  constructor(path: string, wanted: WantedReadings) {
    this.#path = path;
    this.names = new FileNames(wanted, undefined);
    this.#requested = new RequestedValues(this.names);
  }

  /** Whether values of this name were requested. */
  isWanted(name: string): boolean {
    return this.#requested.isUsed(name);
  }

  /** @param values all that were logged since the last call */
  place(values: readonly LoggedValue[], pass: ReadPass): PlacedReading[] {
    // MLflow states the time of each value; one that cannot be right gets the time of reading.
    const moment = { ...pass, writtenMs: Number.NaN };
    const placed: PlacedReading[] = [];
    for (const reading of this.#requested.of(inOrderOfTime(values))) {
      const time = this.#times.place(reading.timeMs, moment);
      placed.push({ ...reading, path: this.#path, ...time });
    }
    return placed;
  }

  findings(time: { launchedMs: number; isOver: boolean }): Finding[] {
    return this.#times.findings(this.#path, time);
  }
}
