import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import type { StackFrame } from "../../schema/diagnosis/evidence.ts";
import type { FlightDump, FlightEntry, GroupStatus } from "./flight-dump.ts";
import { parsePickle } from "./parse-pickle.ts";

export type FlightReading =
  | { kind: "read"; dump: FlightDump }
  /** Neither JSON nor a pickle, or another document. */
  | { kind: "other-file" }
  | { kind: "refused"; reason: string };

/**
 * Reads a Flight Recorder dump: the pickle of `TORCH_FR_DUMP_TEMP_FILE`, or the JSON of `_dump_fr_trace_json` and of the debug
 * server. Never throws.
 *
 * @param given `rank` from the file's name: a dump does not contain it
 */
export function readFlightDump(
  bytes: Uint8Array,
  given: { file: string; rank: number; dumpedMs?: number | undefined },
): FlightReading {
  const parsed = parse(bytes);
  if (parsed.kind !== "read") return parsed;
  const root = parsed.value;
  const entries = listOf(field(root, "entries"));
  const isDump = field(root, "version") !== undefined && field(root, "pg_config") !== undefined;
  if (!isDump) return { kind: "other-file" };
  const seesStarts = entriesOf(field(root, "pg_status")).some(
    ([, status]) => (numberOf(field(status, "last_started_collective")) ?? -1) >= 0,
  );
  const dump: FlightDump = {
    rank: given.rank,
    file: given.file,
    version: textOf(field(root, "version")),
    groups: groupsOf(field(root, "pg_config")),
    statuses: statusesOf(field(root, "pg_status")),
    entries: (entries ?? [])
      .map((entry) => entryOf(entry, seesStarts))
      .toSorted((a, b) => a.recordId - b.recordId),
    dumpedMs: given.dumpedMs,
  };
  return { kind: "read", dump };
}

type Parsed = { kind: "read"; value: unknown } | Exclude<FlightReading, { kind: "read" }>;

function parse(bytes: Uint8Array): Parsed {
  if (bytes[0] === 0x80) {
    const pickle = parsePickle(bytes);
    return pickle.kind === "read" ? pickle : { kind: "refused", reason: pickle.reason };
  }
  const text = utf8Decoder().decode(bytes).trimStart();
  if (!text.startsWith("{")) return { kind: "other-file" };
  try {
    return { kind: "read", value: JSON.parse(text) };
  } catch {
    // A dump that was cut off, or another kind of file.
    return { kind: "refused", reason: "its JSON is invalid or cut off" };
  }
}

function groupsOf(config: unknown): FlightDump["groups"] {
  return entriesOf(config).map(([key, group]) => {
    const name = textOf(field(group, "name"));
    return {
      // Dumps of gloo have no name here.
      name: name === "" ? textOf(key) : name,
      description: textOf(field(group, "desc")),
      ranks: ranksIn(field(group, "ranks")),
    };
  });
}

/** `"[0, 2]"`, as text in all known versions. */
function ranksIn(ranks: unknown): number[] {
  const texts = Array.isArray(ranks) ? ranks.map(textOf) : (textOf(ranks).match(/\d+/gu) ?? []);
  return texts.map(Number).filter(Number.isInteger);
}

function statusesOf(status: unknown): Map<string, GroupStatus> {
  return new Map(
    entriesOf(status).map(([key, group]) => [
      textOf(key),
      {
        enqueued: numberOf(field(group, "last_enqueued_collective")) ?? -1,
        completed: numberOf(field(group, "last_completed_collective")) ?? -1,
      },
    ]),
  );
}

/** @param seesStarts whether the recorder saw any collective start, which requires TORCH_NCCL_ENABLE_TIMING */
function entryOf(raw: unknown, seesStarts: boolean): FlightEntry {
  const group = listOf(field(raw, "process_group")) ?? [];
  const isPointToPoint = field(raw, "is_p2p") === true;
  const number = isPointToPoint ? field(raw, "p2p_seq_id") : field(raw, "collective_seq_id");
  const [backend = "", operation = ""] = splitName(textOf(field(raw, "profiling_name")));
  const state = textOf(field(raw, "state"));
  return {
    recordId: numberOf(field(raw, "record_id")) ?? 0,
    group: textOf(group[0]),
    groupDescription: textOf(group[1]),
    groupId: textOf(field(raw, "pg_id")),
    isPointToPoint,
    // Dumps of version 1 have one number for both.
    number: numberOf(number ?? field(raw, "seq_id")) ?? 0,
    operation,
    backend,
    ...tensorsOf(raw),
    isCompleted: isCompleted(backend, state, field(raw, "retired") === true),
    isStarted: backend === "nccl" && seesStarts ? state !== "scheduled" : undefined,
    createdMs: millisecondsOf(field(raw, "time_created_ns")),
    frames: (listOf(field(raw, "frames")) ?? []).map(frameOf),
  };
}

function millisecondsOf(nanoseconds: unknown): number | undefined {
  const number = numberOf(nanoseconds) ?? 0;
  return number > 0 ? number / 1e6 : undefined;
}

function tensorsOf(raw: unknown): Pick<FlightEntry, "inputSizes" | "outputSizes" | "types"> {
  return {
    inputSizes: shapeText(field(raw, "input_sizes")),
    outputSizes: shapeText(field(raw, "output_sizes")),
    types: shapeText(field(raw, "input_dtypes")),
  };
}

/**
 * Gloo never changes the state from `scheduled`; it retires an entry when its operation has succeeded. NCCL retires entries also
 * after an error, so there only the state counts.
 */
function isCompleted(backend: string, state: string, isRetired: boolean): boolean {
  return state === "completed" || (backend !== "nccl" && isRetired);
}

function splitName(name: string): string[] {
  const at = name.indexOf(":");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}

function frameOf(raw: unknown): StackFrame {
  return {
    function: textOf(field(raw, "name")),
    file: textOf(field(raw, "filename")),
    line: Math.max(0, Math.trunc(numberOf(field(raw, "line")) ?? 0)),
  };
}

function field(value: unknown, key: string): unknown {
  if (value instanceof Map) return value.get(key);
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function entriesOf(value: unknown): [unknown, unknown][] {
  if (value instanceof Map) return [...value];
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** Numbers are texts in the JSON of `pg_status`. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A few levels, so that a list that contains itself ends. */
function shapeText(value: unknown, levels = 3): string {
  if (!Array.isArray(value) || levels === 0) return textOf(value);
  return `[${value.map((each) => shapeText(each, levels - 1)).join(", ")}]`;
}
