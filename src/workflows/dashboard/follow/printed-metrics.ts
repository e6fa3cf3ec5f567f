import { RankReader } from "../../../formats/text/lines/rank-prefix.ts";
import { visibleText } from "../../../formats/text/lines/visible-text.ts";
import { readPairs } from "../../../formats/text/pairs/read-pairs.ts";
import { FollowedFile } from "../../../store/samples/follow-file.ts";
import { PointRows } from "./point-rows.ts";

const maxReadBytes = 4 << 20;
const maxLineCharacters = 2000;
const maxNames = 50;
/** A name that occurs less often is not a metric over time. */
const minPoints = 3;
/** Up to this many lines are all read, twice as many every second one, and so on. */
const linesReadFully = 2000;
const ownStart = ':::MLLOG {"namespace": "pitwall"';
const counters =
  /^(?:.*[^\p{L}])?(?:epochs?|steps?|iter(?:ation)?s?|batch(?:es)?|samples?|examples?|tokens|rank|seed|time|eta|elapsed|world[ _]size|fold|round)$/iu;

interface UnplacedPoint {
  name: string;
  value: number;
  /** The number of the line. */
  line: number;
}

/** When a line was printed, in milliseconds since the epoch. */
interface LineTime {
  line: number;
  timeMs: number;
  samplesCount: number | undefined;
}

/**
 * The numbers that a program prints beside the metrics that it was started with, by name. Only events of the log have
 * times: a line is placed at the evaluation that follows it, and lines before that evenly since the last evaluation.
 */
export class PrintedMetrics {
  /** In the order in which they became metrics. Points are only added. */
  readonly rows = new Map<string, PointRows>();
  /** Whether some lines were placed between two evaluations. */
  areTimesEstimated = false;
  /** Names with too few points so far. */
  readonly #candidates = new Map<string, PointRows>();
  readonly #path: string;
  #file: FollowedFile;
  #ranks = new RankReader();
  #lineCount = 0;
  #readCount = 0;
  #last: LineTime | undefined;
  #unplaced: UnplacedPoint[] = [];

  constructor(path: string) {
    this.#path = path;
    this.#file = this.#open();
  }

  /** Reads the new part of the log. @returns whether there was one */
  async readOn(buffer: Uint8Array): Promise<boolean> {
    for (let hasRead = false; ; hasRead = true) {
      const followed = this.#file.readOn(buffer, maxReadBytes);
      if (followed.kind === "replaced") this.#restart();
      else if (followed.kind !== "read") return hasRead;
      else if (followed.byteCount < maxReadBytes) return true;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #restart(): void {
    this.rows.clear();
    this.areTimesEstimated = false;
    this.#candidates.clear();
    this.#ranks = new RankReader();
    this.#lineCount = 0;
    this.#readCount = 0;
    this.#last = undefined;
    this.#unplaced = [];
    this.#file = this.#open();
  }

  #open(): FollowedFile {
    return new FollowedFile(this.#path, (bytes, start, end) => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
      for (const line of text.split("\n")) this.#takeLine(line);
    });
  }

  #takeLine(line: string): void {
    if (line.startsWith(":::MLLOG")) {
      const time = timeOf(line);
      if (time !== undefined) this.#place({ ...time, line: this.#lineCount });
      return;
    }
    if (line === "" || line.startsWith(":::")) return;
    this.#lineCount += 1;
    if (line.length > maxLineCharacters || !this.#isChosen()) return;
    this.#readCount += 1;
    this.#readNumbers(line);
  }

  #readNumbers(line: string): void {
    const { rank = 0, text } = this.#ranks.read(visibleText(line));
    if (rank !== 0) return;
    const seen = new Set<string>();
    for (const { name, number } of readPairs(text)) {
      if (seen.has(name) || !isMetric(name) || !Number.isFinite(number.value)) continue;
      seen.add(name);
      this.#unplaced.push({ name, value: number.value, line: this.#lineCount });
    }
  }

  /** Of a long log, some lines suffice for a chart. They are not evenly spaced, as a program's lines may be. */
  #isChosen(): boolean {
    const stride = 2 ** Math.floor(this.#readCount / linesReadFully);
    return (Math.imul(this.#lineCount, 0x9e_37_79_b1) >>> 16) % stride === 0;
  }

  #place(time: LineTime): void {
    const from = this.#last ?? { ...time, line: 0 };
    const lines = Math.max(1, time.line - from.line);
    for (const { name, value, line } of this.#unplaced) {
      const share = (line - from.line) / lines;
      this.areTimesEstimated ||= line !== time.line;
      const timeMs = from.timeMs + (time.timeMs - from.timeMs) * share;
      const samplesCount = line === time.line ? time.samplesCount : undefined;
      this.#rowsOf(name)?.push(timeMs, samplesCount, value);
    }
    this.#unplaced = [];
    this.#last = time;
  }

  #rowsOf(name: string): PointRows | undefined {
    const known = this.rows.get(name);
    if (known !== undefined) return known;
    const candidate = this.#candidates.get(name) ?? new PointRows();
    if (!this.#candidates.has(name) && this.#candidates.size >= maxNames) return undefined;
    this.#candidates.set(name, candidate);
    if (candidate.values.length + 1 >= minPoints) this.rows.set(name, candidate);
    return candidate;
  }
}

function isMetric(name: string): boolean {
  return name.length <= 40 && /\p{L}/u.test(name) && !counters.test(name);
}

/** The time of an event; undefined for the events that Pitwall writes when the clock starts, after lines from before. */
function timeOf(line: string): Omit<LineTime, "line"> | undefined {
  const isOwn = line.startsWith(ownStart);
  if (isOwn && !/"key": "(?:eval_accuracy|run_stop)"/u.test(line)) return undefined;
  const timeMs = /"time_ms":\s*(\d+)/u.exec(line)?.[1];
  const samples = /"samples_count":\s*(\d+)/u.exec(line)?.[1];
  if (timeMs === undefined) return undefined;
  return {
    timeMs: Number(timeMs),
    samplesCount: samples === undefined ? undefined : Number(samples),
  };
}
