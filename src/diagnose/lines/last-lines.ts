import { timeOfLine } from "./time-of-line.ts";

/** Where the output of one rank ends. */
export interface LastLine {
  rank: number;
  file: string;
  line: number;
  text: string;
  /** Lines about steps. */
  stepLines: number;
  /** The last step that it reports, and how many steps apart its reports are. */
  step: number | undefined;
  stepInterval: number;
  timeMs: number | undefined;
}

interface Last {
  rank: number;
  file: string;
  line: number;
  text: string;
  stepLines: number;
  stepText: string;
  stepTextBefore: string;
}

const step =
  /\b(?:global[_ ]?)?(?:step|iter(?:ation)?|batch)s?\w{0,2}["']?(?:\s*[:=#[(]+\s*|\s+)(\d{1,9})/iu;

/** The last lines of each rank, in memory for two lines of each. */
export class LastLines {
  readonly #ofRanks = new Map<number, Last>();

  push({ rank, file, line, text }: Printed, isProgress: boolean): void {
    if (rank === undefined || text === "") return;
    const known = this.#ofRanks.get(rank);
    const last = known ?? {
      rank,
      file,
      line,
      text,
      stepLines: 0,
      stepText: "",
      stepTextBefore: "",
    };
    if (known === undefined) this.#ofRanks.set(rank, last);
    last.file = file;
    last.line = line;
    last.text = text;
    if (!isProgress) return;
    last.stepLines += 1;
    last.stepTextBefore = last.stepText;
    last.stepText = text;
  }

  /** @param timeOf the last time in a log */
  all(timeOf: (file: string) => number | undefined): LastLine[] {
    const ranksOf = new Map<string, number>();
    for (const { file } of this.#ofRanks.values()) ranksOf.set(file, (ranksOf.get(file) ?? 0) + 1);
    return [...this.#ofRanks.values()].map((last) => {
      const { rank, file, line, text, stepLines, stepText, stepTextBefore } = last;
      const [own, before] = [stepText, stepTextBefore].map(stepIn);
      const stepInterval = own === undefined || before === undefined ? 1 : Math.abs(own - before);
      // What several ranks print into one log does not end at one time.
      const ofFile = ranksOf.get(file) === 1 ? timeOf(file) : undefined;
      const timeMs = timeOfLine(text) ?? ofFile ?? timeOfLine(stepText);
      return { rank, file, line, text, stepLines, step: own, stepInterval, timeMs };
    });
  }
}

interface Printed {
  rank: number | undefined;
  file: string;
  line: number;
  text: string;
}

function stepIn(text: string): number | undefined {
  const digits = step.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
