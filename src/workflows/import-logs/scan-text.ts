import { createHash } from "node:crypto";
import { basename } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { LogClock } from "../../formats/training-log/log-clock.ts";
import { type ClockDoubt, LogClockScan } from "../../formats/training-log/log-clock-scan.ts";
import { partCount, PartOfLine } from "../../formats/training-log/part-of-line.ts";
import type { LogTextLine } from "../../formats/training-log/read-log-line.ts";
import { type TableDoubts, TableScan } from "../../formats/training-log/table-scan.ts";
import { type LogParts, PartScan } from "../../formats/training-log/training-parts.ts";
import { EvaluationHistory } from "../../formats/text/sections/evaluation-history.ts";
import { namesItsData } from "../../formats/text/sections/line-section.ts";
import { nameInSection } from "../../formats/text/sections/name-in-section.ts";
import { isStepOrTime } from "../../formats/values/row-values.ts";
import { ClockFollower } from "./clock-follower.ts";
import { logLines } from "./log-lines.ts";
import { isSeedName, seedNumber } from "./seed-name.ts";

const maximumMetrics = 500;
const nul = 0;
/** A file with a larger share of NUL bytes at its beginning is not text. */
const maximumNulShare = 0.05;

/** What a text log contains. */
export interface TextScan {
  sha256: string;
  byteCount: number;
  parts: LogParts;
  /** One for each training. */
  trainings: readonly PartFacts[];
}

/** What the lines of one training state. */
export interface PartFacts {
  source: LogClock["source"];
  doubt: ClockDoubt | undefined;
  tables: TableDoubts;
  metrics: ReadonlySet<string>;
  seed: number | undefined;
  benchmark: string | undefined;
  /** The follower of the training's clock, after its last line. */
  clock: ClockFollower;
}

/**
 * Reads a text log to find which trainings it contains, and where their times are.
 *
 * @throws UserError `file-unreadable`, `log-empty`, `log-not-text`
 */
export async function scanText(path: string): Promise<TextScan> {
  const hash = createHash("sha256");
  const whole = new FactScan();
  const scan = new PartScan();
  let byteCount = 0;
  const see = (bytes: Uint8Array): void => {
    if (byteCount === 0) requireText(path, bytes);
    hash.update(bytes);
    byteCount += bytes.length;
  };
  for await (const { line, text } of logLines(path, see)) {
    whole.push(line, text);
    if (line !== undefined) scan.push(line);
  }
  if (byteCount === 0) throw emptyLog(path);
  const parts = scan.parts();
  const scans = parts.kind === "one" ? [whole] : await scanParts(path, parts);
  return {
    sha256: hash.digest("hex"),
    byteCount,
    parts,
    trainings: await factsOf(path, parts, scans),
  };
}

async function scanParts(path: string, parts: LogParts): Promise<FactScan[]> {
  const scans = Array.from({ length: partCount(parts) }, () => new FactScan());
  const partOf = new PartOfLine(parts);
  for await (const { line, text } of logLines(path)) scans[partOf.next(line)]?.push(line, text);
  return scans;
}

/** Reads the log once more for the times of its lines, whose source is known only now. */
async function factsOf(
  path: string,
  parts: LogParts,
  scans: readonly FactScan[],
): Promise<PartFacts[]> {
  const trainings = scans.map(({ clock, tables, metrics, seed, benchmark }) => {
    const source = clock.choose();
    const { doubt } = clock;
    return {
      source,
      doubt,
      tables: tables.doubts,
      metrics,
      seed,
      benchmark,
      clock: new ClockFollower(new LogClock(source)),
    };
  });
  const partOf = new PartOfLine(parts);
  for await (const { line } of logLines(path)) {
    const part = trainings[partOf.next(line)];
    if (line !== undefined) part?.clock.read(line);
  }
  return trainings;
}

/** Finds the names of numbers, the source of times, and the seed, from the lines of a training. */
class FactScan {
  readonly clock = new LogClockScan();
  readonly tables = new TableScan();
  readonly metrics = new Set<string>();
  readonly #sections = new EvaluationHistory();
  benchmark: string | undefined;
  readonly #seeds = new Set<number>();

  /** The seed, if the lines state a single one. */
  get seed(): number | undefined {
    const [seed, other] = this.#seeds;
    return other === undefined ? seed : undefined;
  }

  push(line: LogTextLine | undefined, rawText: string): void {
    if (line === undefined) {
      this.#addSeed(settingsSeed.exec(rawText)?.[1]);
      return;
    }
    this.clock.push(line);
    this.tables.push(line);
    const { text, numbers } = line;
    this.#sections.startLine(text);
    if (text.includes(":::ML")) {
      this.#addSeed(mllogSeed.exec(text)?.[1]);
      this.benchmark ??= /"submission_benchmark",\s*"value":\s*"([^"]*)"/u.exec(text)?.[1];
      return;
    }
    for (const { name, number } of numbers)
      if (isSeedName(name)) this.#addSeed(String(number.value));
    this.#addNames(line);
  }

  #addNames({ text, numbers }: LogTextLine): void {
    const maySayData = this.#sections.hasHeadings || dataWord.test(text);
    for (const { name, number } of numbers) {
      if (this.metrics.size >= maximumMetrics) return;
      this.metrics.add(name);
      const section = maySayData ? this.#sections.sectionOf(text, number.start) : undefined;
      if (section !== undefined && namesItsData(section.word) && !isStepOrTime(name))
        this.metrics.add(nameInSection(name, section));
    }
  }

  #addSeed(text: string | undefined): void {
    const seed = text === undefined ? undefined : seedNumber(text);
    if (seed !== undefined && this.#seeds.size < 2) this.#seeds.add(seed);
  }
}

/** A line without these has no section of its own. */
const dataWord = /train|trn|val|vld|eval|test|dev/iu;
const mllogSeed = /"key":\s*"seed",\s*"value":\s*(\d+)/u;
/** Arguments as `argparse` prints them. */
const settingsSeed = /\bNamespace\(.*\bseed=(\d+)/u;

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

function emptyLog(path: string): UserError {
  return new UserError("log-empty", `\`${basename(path)}\` is empty`, {
    at: path,
    hint: "give the log of a training",
  });
}
