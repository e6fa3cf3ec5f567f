import type { Evidence } from "../schema/diagnosis/evidence.ts";
import type { LifecycleEvent } from "../schema/run/events/lifecycle-event.ts";
import type { Finding } from "../schema/run/findings/finding.ts";
import type { Outcome } from "../schema/run/outcome/outcome.ts";
import type { StepSample } from "../schema/run/measured/telemetry-sample.ts";
import type { RankStack } from "./flight/causes-of-dumps.ts";
import type { FlightDump } from "./flight/flight-dump.ts";
import type { SeenLink } from "./links/find-slow-links.ts";
import type { SeenWaits } from "./steps/find-sleeping-rank.ts";
import type { SeenLines, SeenSign } from "./lines/line-signs.ts";
import type { RasStatus } from "./ras/ras-status.ts";

/** Everything that a diagnosis is made from; parts are empty where a run or folder has none. */
export interface RunFacts extends SeenLines {
  /** `unknown`: files without a record. */
  state: "finished" | "running" | "abandoned" | "unknown";
  /** Absent while a run has no result. */
  outcome: Outcome | undefined;
  /** A run that goes on has printed nothing since its ranks were started, for longer than programs need to begin. */
  isMute?: boolean;
  events: readonly LifecycleEvent[];
  /** Without a record, events are made from lines: the line of each that rests on one, by its index. */
  placesOfEvents?: ReadonlyMap<number, Evidence>;
  /** Without a record: the rank whose failure a launcher names as the first. */
  firstFailed?: number | undefined;
  findings: readonly Finding[];
  /** Of each rank, in the order of time. */
  steps: ReadonlyMap<number, readonly StepSample[]>;
  /** How hosts reach each other, in the order of time. */
  links: readonly SeenLink[];
  /** In what the main threads of ranks were seen, in the order of time; absent where no agent looked. */
  waits?: readonly SeenWaits[];
  dumps: readonly FlightDump[];
  /** Answers of NCCL's RAS, in the order of time; absent where it was not asked. */
  ras?: readonly RasStatus[];
  stacks: readonly RankStack[];
  errorFiles: readonly SeenSign[];
  unread: readonly { file: string; reason: string }[];
}
