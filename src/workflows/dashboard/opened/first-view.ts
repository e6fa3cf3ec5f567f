import { join } from "node:path";
import { logFile } from "../../../store/records/record-files.ts";
import { signOfRecord } from "../../../store/records/find/run-index.ts";
import {
  type FirstViewAnswer,
  type FirstViewHeading,
  readFirstViewFile,
  writeFirstViewFile,
} from "../../../store/samples/first-view-file.ts";
import type { SampleFileState } from "../../../store/samples/follow-samples.ts";
import { sizeOnDisk } from "../../../store/open-file.ts";
import type { SeriesQuery, TailUpdate } from "../views/view-run-series.ts";

/** The newest answers are kept: a window has a few widths and axes. */
const maxAnswers = 4;

/** What the page of a finished run with many samples shows first, kept beside the record. */
export class FirstView {
  readonly #path: string;
  readonly #sign: string;
  #heading: FirstViewHeading | undefined;
  #answers: FirstViewAnswer[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, sign: string) {
    this.#path = path;
    this.#sign = sign;
  }

  /** Reads what is stored for these files, if there is any. */
  static async open(
    path: string,
    { directory, files }: { directory: string; files: readonly SampleFileState[] },
  ): Promise<FirstView> {
    const view = new FirstView(path, signOf(directory, files));
    const stored = await readFirstViewFile(path, view.#sign);
    view.#heading = stored?.heading;
    view.#answers = [...(stored?.answers ?? [])];
    return view;
  }

  /** What the page states about the samples; undefined if it is not stored. */
  get heading(): FirstViewHeading | undefined {
    return this.#heading;
  }

  has(query: SeriesQuery): boolean {
    return this.#find(query) !== undefined;
  }

  /** The answer of as many buckets as requested, or of more: they are finer than the page needs. */
  #find({ width, ...others }: SeriesQuery): FirstViewAnswer | undefined {
    const key = keyOf(others);
    const fitting = this.#answers.filter((each) => each.query === key && each.width >= width);
    return fitting.toSorted((a, b) => a.width - b.width)[0];
  }

  /** The series of a query; undefined if they are not stored. */
  series(query: SeriesQuery): TailUpdate[] | undefined {
    const found = this.#find(query);
    if (found === undefined) return undefined;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this program from such a value, for the same files
    return JSON.parse(found.series) as TailUpdate[];
  }

  /**
   * Stores the series of a query. A home without write permission stores nothing.
   *
   * @param heading calculated only if nothing is stored
   */
  store(
    { width, ...others }: SeriesQuery,
    series: readonly TailUpdate[],
    heading: () => Omit<FirstViewHeading, "formatVersion" | "sign">,
  ): void {
    const query = keyOf(others);
    const kept = this.#answers.filter((each) => each.query !== query || each.width !== width);
    const answer = { query, width, series: JSON.stringify(series) };
    this.#answers = [...kept, answer].slice(-maxAnswers);
    const known = { ...(this.#heading ?? heading()), sign: this.#sign };
    const view = { heading: known, answers: this.#answers };
    this.#writing = this.#writing
      .then(() => writeFirstViewFile(this.#path, view))
      // Read-only or full: the next opening reads the samples again.
      .catch(() => undefined);
  }

  /** Resolves when everything stored so far is written or has failed. */
  async settle(): Promise<void> {
    await this.#writing;
  }
}

function keyOf({ names, xAxis, rank, fromX, toX }: Omit<SeriesQuery, "width">): string {
  return JSON.stringify([xAxis, rank, fromX, toX, ...names]);
}

/** Identifies the record and its samples by their sizes, times and inodes. */
function signOf(directory: string, files: readonly SampleFileState[]): string {
  const marks = files.map(({ name, sizeBytes, modifiedMs, inode }) =>
    [name, sizeBytes, modifiedMs, inode].join(":"),
  );
  const logBytes = sizeOnDisk(join(directory, logFile));
  return [signOfRecord(directory) ?? "", `${logFile}:${logBytes}`, ...marks].join(" ");
}
