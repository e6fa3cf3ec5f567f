import type { LogReader } from "../../mllog/log-reader.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import type { RunChecklist } from "../../schema/run/run-checklist.ts";
import type { RunRules } from "../../schema/run/run-rules.ts";
import type { RunRulesCheck, RunUnderRules } from "./check-run-rules.ts";

/** The checklist is told this often at most. */
const tellEveryMs = 250;
/** So much of a log is kept until the engine is there to read it. */
const mostHeldBytes = 8 << 20;
const token = ":::ML";
const lineFeed = 10;

/** What was added to the log, and how much before it the reader was spared. */
interface LogPiece {
  bytes: Buffer;
  sparedLines: number;
  sparedBytes: number;
}

/**
 * Holds a run's log to the rules while it is written. It is handed every byte of the log in order, so that its
 * verdict is that of reading the file afterwards, line numbers included.
 */
export class LiveRules {
  readonly #run: RunUnderRules;
  #engine: { check: RunRulesCheck; reader: LogReader } | undefined;
  #starting: Promise<void> | undefined;
  #held: LogPiece[] = [];
  #heldBytes = 0;
  /** Whole lines without a token, which the reader does not see. */
  #sparedLines = 0;
  #sparedBytes = 0;
  #isAtLineStart = true;
  #checklist: RunChecklist | undefined;
  #told = "";
  #toldMs = Number.NEGATIVE_INFINITY;
  #checkedLines = 0;

  constructor(run: RunUnderRules) {
    this.#run = run;
  }

  /** The last one made. */
  get checklist(): RunChecklist | undefined {
    return this.#checklist;
  }

  /**
   * Loads the engine and the rules, which holds up everything else for some hundredths of a second. Until then, or
   * the end, there is no news.
   */
  start(): void {
    this.#starting ??= this.#load();
    // A failure is met at the end; until then it is no unhandled rejection.
    this.#starting.catch(() => undefined);
  }

  /**
   * Takes what was added to the log. Whole lines without an MLPerf token, which is what programs mostly print, cost
   * a search for the token and a count of their ends.
   *
   * @param text the same, decoded in any way that keeps ASCII
   */
  log(bytes: Buffer, text: string): void {
    const isWhole = bytes.at(-1) === lineFeed;
    const isSpared =
      this.#isAtLineStart && isWhole && !bytes.includes(token) && !text.includes("\r");
    this.#isAtLineStart = isWhole;
    if (isSpared) {
      this.#sparedLines += countLines(text);
      this.#sparedBytes += bytes.length;
      return;
    }
    const piece = { bytes, sparedLines: this.#sparedLines, sparedBytes: this.#sparedBytes };
    if (this.#engine === undefined) this.#hold(piece);
    else this.#read(piece, this.#engine);
  }

  /** The checklist, if it changed since it was told last and that is a while ago. */
  news(nowMs: number): RunChecklist | undefined {
    if (this.#engine === undefined || nowMs - this.#toldMs < tellEveryMs) return undefined;
    const { lineCount } = this.#engine.check;
    if (lineCount === this.#checkedLines) return undefined;
    const checklist = this.#engine.check.checklist();
    if (checklist === undefined) return undefined;
    this.#checkedLines = lineCount;
    this.#toldMs = nowMs;
    this.#checklist = checklist;
    const { edition, scope, items, findings } = checklist;
    const signature = JSON.stringify([edition, scope, items, findings.length]);
    if (signature === this.#told) return undefined;
    this.#told = signature;
    return checklist;
  }

  /** The verdict on the whole log. */
  async finish(): Promise<{ rules: RunRules; checklist: RunChecklist }> {
    this.start();
    await this.#starting;
    if (this.#engine === undefined) throw new Error("the rules were loaded and are not there");
    const { check, reader } = this.#engine;
    check.push(placed(reader.end(), this.#sparedLines, this.#sparedBytes));
    const end = await check.finish();
    this.#checklist = end.checklist;
    return end;
  }

  async #load(): Promise<void> {
    const [{ RunRulesCheck }, { createLogReader }] = await Promise.all([
      import("./check-run-rules.ts"),
      import("../../mllog/log-reader.ts"),
    ]);
    const engine = { check: new RunRulesCheck(this.#run), reader: createLogReader() };
    engine.check.start();
    for (const piece of this.#held) this.#read(piece, engine);
    this.#held = [];
    this.#engine = engine;
  }

  #hold(piece: LogPiece): void {
    this.#held.push(piece);
    this.#heldBytes += piece.bytes.length;
    if (this.#heldBytes > mostHeldBytes) this.start();
  }

  #read(
    { bytes, sparedLines, sparedBytes }: LogPiece,
    { check, reader }: { check: RunRulesCheck; reader: LogReader },
  ): void {
    const lines = reader.push(bytes);
    if (lines.length > 0) check.push(placed(lines, sparedLines, sparedBytes));
  }
}

/** Lines where they stand in the log, as the reader has seen less of it. */
function placed(lines: LogLine[], sparedLines: number, sparedBytes: number): LogLine[] {
  if (sparedBytes === 0) return lines;
  return lines.map((line) => ({
    ...line,
    lineNumber: line.lineNumber + sparedLines,
    byteOffset: line.byteOffset + sparedBytes,
  }));
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
