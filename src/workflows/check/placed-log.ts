import type { FoundLog } from "../../store/logs/find-logs.ts";
import type { JudgedLog } from "../logs/log-checker.ts";

/** A log, where it was found, and how it stands. */
export interface PlacedLog extends JudgedLog {
  place: FoundLog;
}
