import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { UserError } from "../../foundation/user-error.ts";
import { LogClock, LogClockScan } from "../../formats/training-log/log-clock.ts";
import { describeLogClock } from "../../formats/training-log/describe-log-clock.ts";
import { LogLineReader, type LogTextLine } from "../../formats/training-log/read-log-line.ts";
import { LineSplitter } from "../../launch/line-splitter.ts";
import { readPieces } from "../../store/results/read-pieces.ts";
import { ClockFollower } from "./clock-follower.ts";
import type { LoadedTraining, TimedPiece } from "./loaded-training.ts";

const maximumMetrics = 500;
const nul = 0;
/** A file with a larger share of NUL bytes at its beginning is not text. */
const maximumNulShare = 0.05;

/**
 * Reads a text log twice: once to find where its times are, and once to date its lines. Undefined if it has no number
 * with a name and no MLLOG line.
 *
 * @throws UserError `file-unreadable`, `log-empty`, `log-not-text`
 */
export async function loadText(path: string, given: string): Promise<LoadedTraining | undefined> {
  const scan = await scanText(path);
  if (scan.metrics.size === 0 && scan.source.kind !== "mllog") return undefined;
  const follower = new ClockFollower(new LogClock(scan.source));
  for await (const line of linesOf(path)) follower.read(line);
  const { firstMs = 0, lastMs = 0 } = follower;
  const { isAbsolute } = follower;
  // Without dates, the file's modification time dates the end of the training.
  const { mtimeMs } = await stat(path);
  const launchedMs = Math.round(isAbsolute ? firstMs : Math.max(0, mtimeMs - lastMs));
  const endedMs = Math.round(isAbsolute ? lastMs : launchedMs + lastMs);
  const isMllog = scan.source.kind === "mllog";
  const patterns = patternsOf(scan.source);
  return {
    name: nameOf(path),
    format: "text",
    path: given,
    files: undefined,
    sha256: scan.sha256,
    byteCount: scan.byteCount,
    trackedRunId: undefined,
    times: describeLogClock(scan.source),
    ended: undefined,
    seed: scan.seed,
    experimentKey: isMllog ? `${dirname(path)} ${scan.benchmark ?? ""}` : undefined,
    isMllog,
    launchedMs,
    endedMs,
    metrics: [...Object.keys(patterns), ...scan.metrics],
    patterns,
    findings: follower.findings(),
    pieces: () => datedPieces(path, { clock: new LogClock(scan.source), launchedMs }),
    copies: [],
  };
}

/** The accuracies of `~~21<tab>0.31132<tab>67.462<tab>88.124` have no names. */
function patternsOf({ kind }: LogClock["source"]): Readonly<Record<string, string>> {
  if (kind !== "hours") return {};
  return {
    top1: String.raw`~~\S+\t\S+\t(?<top1>\S+)`,
    top5: String.raw`~~\S+\t\S+\t\S+\t(?<top5>\S+)`,
  };
}

interface TextScan {
  source: LogClock["source"];
  metrics: ReadonlySet<string>;
  sha256: string;
  byteCount: number;
  seed: number | undefined;
  benchmark: string | undefined;
}

async function scanText(path: string): Promise<TextScan> {
  const hash = createHash("sha256");
  const scan = new LogClockScan();
  const reader = new LogLineReader();
  const names = new NameScan();
  let byteCount = 0;
  const see = (bytes: Uint8Array): void => {
    if (byteCount === 0) requireText(path, bytes);
    hash.update(bytes);
    byteCount += bytes.length;
  };
  for await (const block of blocksOf(path, see)) {
    for (const { text } of wholeLines(block)) {
      const line = reader.read(text);
      if (line === undefined) continue;
      scan.push(line);
      names.push(line);
    }
  }
  if (byteCount === 0) {
    throw new UserError("log-empty", `\`${basename(path)}\` is empty`, {
      at: path,
      hint: "give the log of a training",
    });
  }
  const { metrics, seed, benchmark } = names;
  return {
    source: scan.choose(),
    metrics,
    sha256: hash.digest("hex"),
    byteCount,
    seed: seed !== undefined && Number.isSafeInteger(seed) && seed >= 0 ? seed : undefined,
    benchmark,
  };
}

/** The names of the numbers in a log, and what its MLLOG lines state of the run. */
class NameScan {
  readonly metrics = new Set<string>();
  seed: number | undefined;
  benchmark: string | undefined;

  push({ text, numbers }: LogTextLine): void {
    if (text.includes(":::ML")) {
      this.seed ??= mllogNumber(text, "seed");
      this.benchmark ??= /"submission_benchmark",\s*"value":\s*"([^"]*)"/u.exec(text)?.[1];
      return;
    }
    if (this.metrics.size >= maximumMetrics) return;
    for (const { name } of numbers) this.metrics.add(name);
  }
}

function requireText(path: string, bytes: Uint8Array): void {
  const start = bytes.subarray(0, 4096);
  const nulCount = start.filter((byte) => byte === nul).length;
  if (nulCount <= start.length * maximumNulShare) return;
  throw new UserError("log-not-text", `\`${basename(path)}\` is not a log that Pitwall reads`, {
    at: path,
    saw: "a binary file",
    hint: "importable: text logs, TensorBoard event files, offline W&B runs, MLflow stores, trainer_state.json",
  });
}

function mllogNumber(text: string, key: string): number | undefined {
  if (!text.includes(`"${key}"`) || !text.includes(":::ML")) return undefined;
  const found = new RegExp(`"key":\\s*"${key}",\\s*"value":\\s*(\\d+)`, "u").exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Blocks of whole lines. */
async function* blocksOf(path: string, see?: (bytes: Uint8Array) => void): AsyncGenerator<Buffer> {
  const splitter = new LineSplitter();
  for await (const bytes of readPieces(path)) {
    see?.(bytes);
    yield* splitter.push("log", bytes);
  }
  yield* splitter.finish("log");
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const block of blocksOf(path)) for (const { text } of wholeLines(block)) yield text;
}

/** The bytes of a log, cut where the time changes. */
async function* datedPieces(
  path: string,
  { clock, launchedMs }: { clock: LogClock; launchedMs: number },
): AsyncGenerator<TimedPiece> {
  const follower = new ClockFollower(clock);
  const now = (): number =>
    Math.round(
      clock.isAbsolute ? (follower.newestMs ?? launchedMs) : launchedMs + (follower.newestMs ?? 0),
    );
  for await (const block of blocksOf(path)) {
    let start = 0;
    let timeMs = now();
    for (const line of wholeLines(block)) {
      follower.read(line.text);
      const lineMs = now();
      if (lineMs !== timeMs && line.start > start) {
        yield { bytes: block.subarray(start, line.start), timeMs };
        ({ start } = line);
      }
      timeMs = lineMs;
    }
    yield { bytes: block.subarray(start), timeMs };
  }
}

const lineFeed = 10;

/** The lines of a block that end with a line feed; what a progress bar rewrote is part of its line. */
function* wholeLines(block: Buffer): Generator<{ start: number; text: string }> {
  for (let start = 0; start < block.length;) {
    const found = block.indexOf(lineFeed, start);
    const end = found === -1 ? block.length : found + 1;
    const text = block.toString("utf8", start, end).replace(/[\r\n]+$/u, "");
    yield { start, text: text.slice(text.lastIndexOf("\r") + 1) };
    start = end;
  }
}

/** `train` for `logs/train.log`; a file name without meaning takes its folder's. */
export function nameOf(path: string): string {
  const stem = basename(path).replace(/\.(?:log|txt|out|csv|tsv|jsonl?|gz)$/iu, "");
  const isGeneric =
    /^(?:metrics|log|logs|output|stdout|train|history|trainer_state|result_\d+)$/iu.test(stem);
  const folder = basename(dirname(path));
  return isGeneric && folder !== "" && folder !== "." ? folder : stem;
}
