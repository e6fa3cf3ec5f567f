import type { MetricFileReader } from "../../../formats/metric-files/metric-file-reader.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";

/** A file, a folder or a database of metrics, as found. */
export interface FoundFile {
  absolutePath: string;
  /** As named in the request, or below a folder named there. */
  path: string;
  /** The name of its folder, if that is below the folder named in the request. */
  folder: string | undefined;
}

/** Parameters of one read. */
export interface ReadPass {
  launchedMs: number;
  lookedMs: number;
  readMs: number;
  /** The program has ended: a last line without a line end is complete. */
  isLast: boolean;
}

/** What the program writes metrics to, from its content before the launch to its end. */
export interface MetricSource {
  /** Whether the run changed it. */
  readonly isChanged: boolean;
  /** Whether it existed before the launch. */
  readonly isOld: boolean;
  /** Whether it may not be read. */
  readonly isRefused: boolean;
  /** The names in it; undefined before it was read. */
  readonly reader: Pick<MetricFileReader, "names" | "longerNames"> | undefined;
  /** The new readings, a piece at a time. */
  read(pass: ReadPass): Iterable<PlacedReading[]>;
  /** @param time see `ReadingTimes` */
  findings(time: { launchedMs: number; isOver: boolean }): Finding[];
  close(): void;
}
