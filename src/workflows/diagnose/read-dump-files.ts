import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { RankStack } from "../../diagnose/flight/causes-of-dumps.ts";
import type { FlightDump } from "../../diagnose/flight/flight-dump.ts";
import { readFlightDump } from "../../diagnose/flight/read-flight-dump.ts";
import { isPySpyText } from "../../diagnose/flight/read-py-spy-text.ts";
import { peerOfStack } from "../../diagnose/flight/peer-of-stack.ts";
import { readStack } from "../../diagnose/flight/read-stack.ts";
import { recordsOfDocument } from "../../diagnose/launchers/json-document.ts";
import { type LearnedLabel, learnLabel } from "../../diagnose/launchers/learned-label.ts";
import { introducedRank } from "../../diagnose/launchers/names-of-ranks.ts";
import { haveTaskLabels } from "../../diagnose/launchers/speaker-of-line.ts";
import type { LineSigns, SeenSign } from "../../diagnose/lines/line-signs.ts";
import { readErrorFile } from "../../diagnose/lines/read-error-file.ts";
import { parseRasStatus } from "../../diagnose/ras/parse-ras-status.ts";
import { lockOfStack } from "../../diagnose/stacks/lock-of-stack.ts";
import { PrintedTable } from "../../diagnose/tables/printed-table.ts";
import type { RasStatus } from "../../diagnose/ras/ras-status.ts";
import {
  type FoundFile,
  listDumpFiles,
  readDumpBytes,
} from "../../store/dumps/read-dump-folder.ts";
import { hasLogName, isLogText, isTable, mayBeLog } from "./is-log.ts";
import { rankInName, ranksOfLogs } from "./ranks-in-names.ts";

/** What the files of a folder say. */
export interface DumpFiles {
  dumps: FlightDump[];
  stacks: RankStack[];
  errorFiles: SeenSign[];
  ras: RasStatus[];
  unread: { file: string; reason: string }[];
}

/**
 * Reads Flight Recorder dumps, stacks, torchrun's error files and logs from a folder, each recognized by its content.
 *
 * @param signs collects what the logs show
 * @param accepts the files to read directly in the folder; default: all files in it and its subfolders, logs included
 */
export async function readDumpFiles(
  folder: string,
  { signs, accepts }: { signs: LineSigns; accepts?: (name: string) => boolean },
): Promise<DumpFiles> {
  const read: DumpFiles = { dumps: [], stacks: [], errorFiles: [], ras: [], unread: [] };
  const files = await listDumpFiles(folder, accepts);
  const logs = files.filter(({ name }) => mayBeLog(name));
  const ranks = new Map(ranksOfLogs(logs.map(({ name }) => name)));
  if (accepts === undefined) await addIntroduced(logs, ranks);
  for (const [name, rank] of ranks) signs.addLog(name, rank);
  for (const file of files) {
    const isKnown = hasLogName(file.name)
      ? (await addRas(file, read)) || (await addStack(file, read))
      : (await readDump(file, read, accepts === undefined ? signs : undefined)) === "known";
    if (!isKnown) await readLog(file, ranks.get(file.name), signs);
  }
  const seen = new Set(read.stacks.map(({ rank }) => rank));
  const printed = signs.stacks.filter(({ rank }) => !seen.has(rank));
  return { ...read, stacks: [...read.stacks, ...printed], dumps: newestOfRanks(read.dumps) };
}

/** Logs looked at for whether their process says which rank it is, and how much of each. */
const introducedLogs = 256;
const introducedBytes = 16 << 10;

/** What a process says of itself counts more than the name of its log. */
async function addIntroduced(
  logs: readonly FoundFile[],
  ranks: Map<string, number>,
): Promise<void> {
  if (logs.length > introducedLogs) return;
  for (const { name, path } of logs) {
    const head = createReadStream(path, { end: introducedBytes, encoding: "utf8" });
    let text = "";
    for await (const part of head) text += String(part);
    const rank = introducedRank(text.split("\n"));
    if (rank !== undefined) ranks.set(name, rank);
  }
}

/**
 * @param signs of the logs, if these are read, too
 * @returns `log` for a text of another kind
 */
async function readDump(
  file: FoundFile,
  read: DumpFiles,
  signs: LineSigns | undefined,
): Promise<"known" | "log"> {
  const { name } = file;
  if (file.byteCount === 0) return "known";
  const bytes = await readDumpBytes(file);
  if (bytes.kind === "unread") {
    read.unread.push({ file: name, reason: bytes.reason });
    return "known";
  }
  if (addContent(file, bytes.bytes, read)) return "known";
  if (signs !== undefined && isLogText(name, bytes.bytes)) {
    if (name.endsWith(".json")) addDocument(name, bytes.bytes, signs);
    return "log";
  }
  // Other programs' pickles are not dumps; a file named like one that cannot be read is reported.
  const reason = refusalOf(file, bytes.bytes);
  if (reason !== undefined) read.unread.push({ file: name, reason });
  return "known";
}

function addDocument(file: string, bytes: Uint8Array, signs: LineSigns): void {
  const text = Buffer.from(bytes).toString("utf8");
  for (const record of recordsOfDocument(text, (name) => signs.namesRank(name)))
    signs.push({ file, line: 1, rank: undefined, text: record });
}

/** @returns whether it was an answer of RAS, a dump, an error file or a stack */
function addContent(file: FoundFile, bytes: Uint8Array, read: DumpFiles): boolean {
  const { name } = file;
  const ras = rasIn(bytes, name);
  if (ras !== undefined) return read.ras.push(ras) > 0;
  const rank = rankInName(name);
  const dump = readFlightDump(bytes, { file: name, rank: rank ?? 0, dumpedMs: file.modifiedMs });
  switch (dump.kind) {
    case "read":
      if (rank === undefined) read.unread.push({ file: name, reason: "its name has no rank" });
      else read.dumps.push(dump.dump);
      return true;
    case "refused":
      return false;
    case "other-file":
      return addText(Buffer.from(bytes).toString("utf8"), { file: name, rank }, read);
  }
}

function refusalOf({ name }: FoundFile, bytes: Uint8Array): string | undefined {
  const rank = rankInName(name);
  const dump = rank === undefined ? undefined : readFlightDump(bytes, { file: name, rank });
  return dump?.kind === "refused" ? dump.reason : undefined;
}

function addText(
  text: string,
  place: { file: string; rank: number | undefined },
  read: DumpFiles,
): boolean {
  const error = readErrorFile(text, place);
  if (error !== undefined) return read.errorFiles.push(error) > 0;
  const frames = readStack(text);
  if (frames === undefined || place.rank === undefined) return false;
  const peer = peerOfStack(text);
  const lock = lockOfStack(text);
  const known = {
    ...(peer === undefined ? {} : { peer }),
    ...(lock === undefined ? {} : { lock }),
  };
  return read.stacks.push({ rank: place.rank, file: place.file, frames, ...known }) > 0;
}

/** An answer of NCCL's RAS begins with its version, in JSON as in text. */
function rasIn(bytes: Uint8Array, name: string): RasStatus | undefined {
  const start = Buffer.from(bytes.subarray(0, 400)).toString("latin1");
  if (!/"nccl_version"|^NCCL version \S+ compiled with/mu.test(start)) return undefined;
  return parseRasStatus(Buffer.from(bytes).toString("utf8"), name);
}

/** As text, in a file of its own: the logs of a program begin with the version too, and do not have the sections of an answer. */
async function addRas(file: FoundFile, read: DumpFiles): Promise<boolean> {
  if (!/ras/iu.test(file.name) || file.byteCount > 16 << 20) return false;
  const bytes = await readDumpBytes(file);
  const ras = bytes.kind === "unread" ? undefined : rasIn(bytes.bytes, file.name);
  if (ras !== undefined) read.ras.push(ras);
  return ras !== undefined;
}

/** The stack of `faulthandler` in a text file of its own, or the text that `py-spy dump` prints. */
async function addStack(file: FoundFile, read: DumpFiles): Promise<boolean> {
  if (file.byteCount > 4 << 20) return false;
  const bytes = await readDumpBytes(file);
  if (bytes.kind === "unread") return false;
  const text = Buffer.from(bytes.bytes).toString("utf8");
  if (!/(?:^|\/)stack/iu.test(file.name) && !isPySpyText(text)) return false;
  return addText(text, { file: file.name, rank: rankInName(file.name) }, read);
}

/** Whether lines of a log have labels is judged by so many of them. */
const firstLines = 400;

async function readLog(
  { name, path }: FoundFile,
  rank: number | undefined,
  signs: LineSigns,
): Promise<void> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let first: string[] | undefined = [];
  let hasTasks = false;
  let label: LearnedLabel | undefined;
  let line = 0;
  const table = new PrintedTable(isTable(name));
  const push = (text: string): void => {
    line += 1;
    signs.push({ file: name, line, rank, text: table.push(text) ?? text, hasTasks, label });
  };
  const start = (held: readonly string[]): void => {
    hasTasks = rank === undefined && haveTaskLabels(held);
    label = rank === undefined ? learnLabel(held) : undefined;
    first = undefined;
    for (const text of held) push(text);
  };
  for await (const text of lines) {
    if (first === undefined) push(text);
    else if (first.push(text) === firstLines) start(first);
  }
  if (first !== undefined) start(first);
}

/** A rank may have left several: a restart, or JSON beside the pickle. The pickle has stacks, so more entries with frames win. */
function newestOfRanks(dumps: readonly FlightDump[]): FlightDump[] {
  const best = new Map<number, FlightDump>();
  for (const dump of dumps) {
    const known = best.get(dump.rank);
    if (known === undefined || isBetter(dump, known)) best.set(dump.rank, dump);
  }
  return [...best.values()].toSorted((a, b) => a.rank - b.rank);
}

function isBetter(dump: FlightDump, known: FlightDump): boolean {
  const [last, knownLast] = [dump, known].map(({ entries }) => entries.at(-1)?.createdMs ?? 0);
  if (last !== knownLast) return (last ?? 0) > (knownLast ?? 0);
  return hasFrames(dump) && !hasFrames(known);
}

function hasFrames({ entries }: FlightDump): boolean {
  return entries.some(({ frames }) => frames.length > 0);
}
