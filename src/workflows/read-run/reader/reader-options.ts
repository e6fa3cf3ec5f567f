import type { LogLine } from "../../../schema/logs/log-event.ts";
import type { Observation } from "../../../schema/run/events/observation.ts";
import type { TrackUpdate } from "../../../score/tracking/tracked-run.ts";

/** How a run is read. */
export interface ReaderOptions {
  /** Default: the edition of the request. */
  edition?: string | undefined;
  /** Called with each MLPerf line. */
  alsoTake?: (line: LogLine) => void;
  /** Does not search for metrics, so that the evaluations are not those of the run. Default: false. */
  readsOnlyMllog?: boolean;
  /** Called with each observation and its changes, in order. */
  observe?: (seen: Observation, updates: readonly TrackUpdate[]) => void;
  /** Patterns are matched against this many bytes of a longer line. Default: 1 MiB. */
  maximumLineBytes?: number;
}
