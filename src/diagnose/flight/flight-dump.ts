import type { StackFrame } from "../../schema/diagnosis/evidence.ts";

/** One recorded call of a collective or of a point-to-point operation. */
export interface FlightEntry {
  /** `record_id`: position in the ring buffer's history. */
  recordId: number;
  group: string;
  groupDescription: string;
  /** `pg_id`: the number of the group on this rank, which `pg_status` uses. */
  groupId: string;
  isPointToPoint: boolean;
  /** `collective_seq_id`, or `p2p_seq_id` of a point-to-point operation. */
  number: number;
  /** Without the backend: `all_reduce`, `send 0->1`. */
  operation: string;
  backend: string;
  inputSizes: string;
  outputSizes: string;
  types: string;
  isCompleted: boolean;
  /** Whether it has started on the device; undefined where the recorder does not see it. */
  isStarted: boolean | undefined;
  createdMs: number | undefined;
  /** Innermost first; empty without stacks. */
  frames: readonly StackFrame[];
}

/** What `pg_status` says of a group. */
export interface GroupStatus {
  enqueued: number;
  completed: number;
}

/** A Flight Recorder dump of one rank. */
export interface FlightDump {
  rank: number;
  file: string;
  version: string;
  /** Groups by name; `ranks` is empty if the dump does not list them. */
  groups: readonly { name: string; description: string; ranks: readonly number[] }[];
  /** By `pg_id`. */
  statuses: ReadonlyMap<string, GroupStatus>;
  entries: readonly FlightEntry[];
  /** When the dump was written, milliseconds since the epoch; undefined if not known. */
  dumpedMs: number | undefined;
}
