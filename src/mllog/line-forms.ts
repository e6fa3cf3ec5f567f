import type { LogCause } from "../schema/logs/log-cause.ts";
import { LineOrderReader } from "./line-order.ts";
import { parseLine } from "./parse-line.ts";

type Alteration = Extract<LogCause, { cause: "lines-altered" }>["by"];

/** What a line would be if it were written as `mlperf_logging` writes it. */
type LineForm = { kind: "token"; written: string } | { kind: "altered"; by: Alteration };

type OtherFile = Extract<LogCause, { cause: "not-a-log" }>["is"];

const otherFiles: readonly { is: OtherFile; begins: RegExp }[] = [
  { is: "git-lfs-pointer", begins: /^version https:\/\/git-lfs\.github\.com\/spec\//u },
  { is: "web-page", begins: /^\s*<(?:!doctype html|html)\b/iu },
  { is: "storage-result", begins: /^\s*\{.*"train_au_percentage"/u },
];

/** What Slurm, PBS, LSF and the kernel print about a job that they end. */
const endedBySystem =
  /\bJOB \d+ .*\bCANCELLED\b|=>> PBS: job killed|\bTERM_(?:RUNLIMIT|MEMLIMIT)\b|oom.kill event|\bOut of memory: Killed process\b|\bOOM Killed\b/iu;
const conflictMark = /^(?:<{7}|>{7}) \S/u;

function otherFileOf(firstLine: string): OtherFile | undefined {
  return otherFiles.find(({ begins }) => begins.test(firstLine))?.is;
}

interface Seen {
  count: number;
  firstLine: number;
}

/** An MLPerf line is rarely longer than one of these; a terminal of 80 columns breaks it into this many. */
const mostWrappedParts = 12;

/**
 * Finds lines of MLPerf that cannot be read because their token or their text was changed on the way to the file, or that
 * are there several times or in another order.
 */
export class LineFormReader {
  readonly #tokens = new Map<string, Seen>();
  readonly #alterations = new Map<Alteration, Seen>();
  readonly #order = new LineOrderReader();
  #lineNumber = 0;
  #otherFile: OtherFile | undefined;
  #endedBySystem: { line: number; text: string } | undefined;
  #tail = "";
  /** The parts of a line that may have been wrapped. */
  #open: { text: string; line: number; parts: number } | undefined;

  /** How many whole lines were read. */
  get lineCount(): number {
    return this.#lineNumber;
  }

  /** @param text in pieces of any length */
  push(text: string): void {
    const lines = (this.#tail + text).split(/\r\n|\n|\r(?!\n)/u);
    this.#tail = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
  }

  finish(): LogCause[] {
    const isCutOff = isBeginning(this.#tail);
    if (this.#tail !== "") this.#take(this.#tail);
    this.#tail = "";
    return [
      ...(isCutOff ? [{ cause: "cut-off" as const, line: this.#lineNumber }] : []),
      ...(this.#otherFile === undefined
        ? []
        : [{ cause: "not-a-log" as const, is: this.#otherFile }]),
      ...(this.#endedBySystem === undefined
        ? []
        : [{ cause: "ended-by-system" as const, ...this.#endedBySystem }]),
      ...[...this.#tokens].map(([written, { count: lines, firstLine }]) => ({
        cause: "token-misspelled" as const,
        written,
        count: lines,
        firstLine,
      })),
      ...[...this.#alterations].map(([by, { count: lines, firstLine }]) => ({
        cause: "lines-altered" as const,
        by,
        count: lines,
        firstLine,
      })),
      ...this.#order.finish(),
    ];
  }

  #take(line: string): void {
    this.#lineNumber += 1;
    this.#notice(line);
    if (!line.includes(":::MLLOG ") && this.#joins(line)) return;
    this.#open = undefined;
    if (!mayBeEvent(line) || this.#isEvent(line)) return;
    const form = formOf(line);
    if (form?.kind === "token") count(this.#tokens, form.written, this.#lineNumber);
    else if (form?.kind === "altered") count(this.#alterations, form.by, this.#lineNumber);
    else if (line.includes(":::MLLOG {"))
      this.#open = { text: line, line: this.#lineNumber, parts: 1 };
  }

  #isEvent(text: string): boolean {
    const timeMs = timeOfEvent(text);
    if (timeMs === undefined) return false;
    this.#order.push({ text, timeMs, lineNumber: this.#lineNumber });
    return true;
  }

  /** What only failing logs have: another file, the end of a job, marks of a merge. */
  #notice(line: string): void {
    if (this.#lineNumber === 1) this.#otherFile = otherFileOf(line);
    if (endedBySystem.test(line) && !line.includes(":::MLL"))
      this.#endedBySystem = { line: this.#lineNumber, text: line.trim().slice(0, 160) };
    if (conflictMark.test(line)) count(this.#alterations, "merge-conflict", this.#lineNumber);
  }

  /** Whether the line continues the one before. */
  #joins(line: string): boolean {
    const open = this.#open;
    if (open === undefined || open.parts >= mostWrappedParts) return false;
    open.text += line;
    open.parts += 1;
    if (isEvent(open.text)) {
      count(this.#alterations, "line-wrapping", open.line);
      this.#open = undefined;
    }
    return true;
  }
}

function count<Key>(seen: Map<Key, Seen>, key: Key, line: number): void {
  const known = seen.get(key);
  if (known === undefined) seen.set(key, { count: 1, firstLine: line });
  else known.count += 1;
}

/** Whether a text is the first part of an event. */
function isBeginning(text: string): boolean {
  const event = text.slice(text.indexOf(":::MLLOG {"));
  return event.startsWith(":::MLLOG {") && countOf("{", event) > countOf("}", event);
}

function countOf(character: string, text: string): number {
  return text.split(character).length - 1;
}

/** A quick test, because most lines of a training log have nothing to do with MLPerf. */
function mayBeEvent(line: string): boolean {
  return line.includes("time_ms") || line.includes(":::ML");
}

function isEvent(line: string): boolean {
  return timeOfEvent(line) !== undefined;
}

function timeOfEvent(line: string): number | undefined {
  if (!line.includes(":::MLLOG ")) return undefined;
  const read = parseLine(line);
  return read.kind === "event" ? read.event.timeMs : undefined;
}

function formOf(line: string): LineForm | undefined {
  const inner = textOfContainer(line);
  if (inner !== undefined && isEvent(inner)) return { kind: "altered", by: "container-log" };
  const repair = repairs.find(({ undo }) => isEvent(undo(line)));
  if (repair !== undefined) return { kind: "altered", by: repair.by };
  const start = line.indexOf("{");
  if (start < 0 || !isEvent(`:::MLLOG ${line.slice(start)}`)) return undefined;
  const before = /(\S*)\s*$/u.exec(line.slice(0, start))?.[1] ?? "";
  return { kind: "token", written: /ml|^:/iu.test(before) ? before : "" };
}

/** The text in a line of Docker's `json-file` log: `{"log":":::MLLOG …\n","stream":"stdout","time":"…"}`. */
function textOfContainer(line: string): string | undefined {
  if (!/^\s*\{"log":/u.test(line)) return undefined;
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== "object" || record === null || !("log" in record)) return undefined;
    return typeof record.log === "string" ? record.log.trimEnd() : undefined;
  } catch {
    // A cut line of that log is like any other unreadable line.
    return undefined;
  }
}

// oxlint-disable-next-line no-control-regex -- the escape character begins each code
const terminalCode = /\u001b\[[0-9;]*[A-Za-z]/gu;
const typographicQuote = /[\u201c\u201d\u201e]/gu;

const repairs: readonly { by: Alteration; undo: (line: string) => string }[] = [
  { by: "terminal-colors", undo: (line) => line.replaceAll(terminalCode, "") },
  { by: "html-escapes", undo: (line) => line.replaceAll("&quot;", '"').replaceAll("&amp;", "&") },
  { by: "typographic-quotes", undo: (line) => line.replaceAll(typographicQuote, '"') },
  { by: "trailing-text", undo: (line) => line.slice(0, line.lastIndexOf("}") + 1) },
];

/** The byte order of a text in UTF-16, by its mark or by the NUL bytes of its ASCII characters; undefined for other texts. */
export function utf16Order(head: Uint8Array): "little-endian" | "big-endian" | undefined {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return "little-endian";
  if (first === 0xfe && second === 0xff) return "big-endian";
  const looked = head.subarray(0, 512);
  const half = looked.length >> 1;
  const [even, odd] = [0, 1].map(
    (from) => looked.filter((byte, at) => byte === 0 && at % 2 === from).length,
  );
  if (half < 8) return undefined;
  const isMostly = (nulls = 0): boolean => nulls > half * asciiShare;
  if (even === 0 && isMostly(odd)) return "little-endian";
  return odd === 0 && isMostly(even) ? "big-endian" : undefined;
}

/** Of the characters of a log, at least. */
const asciiShare = 0.8;
