import type { FoundLog } from "../../store/logs/find-logs.ts";
import type { JudgedLog } from "../logs/log-checker.ts";

/** A log with its location and verdict. */
export interface JudgedFile extends JudgedLog {
  file: FoundLog;
}
