import type { RunStore } from "../store/records/run-store.ts";
import type { BoardWatch } from "../workflows/dashboard/list/watch-board.ts";
import type { RunWatch } from "../workflows/dashboard/opened/watch-runs.ts";
import type { StreamLimit } from "./events/event-stream.ts";
import type { GuardRules } from "./safety/guard.ts";
import type { StaticFiles } from "./answers/static-files.ts";

/** What the routes need. */
export interface DashboardParts {
  version: string;
  home: string;
  isReadOnly: boolean;
  store: RunStore;
  /** The list of runs. */
  list: BoardWatch;
  /** Single runs; loaded when one is first requested. */
  runs(): Promise<RunWatch>;
  files: StaticFiles;
  streams: StreamLimit;
  rules: GuardRules;
  /** Called for each internal error, to print it in the terminal. */
  onBug(error: unknown): void;
}
