import type { LogCause } from "../schema/logs/log-cause.ts";

type Order = Extract<LogCause, { cause: "lines-out-of-order" }>["order"];

/** An event of a log, as its file has it. */
interface OrderedLine {
  /** The whole line. */
  text: string;
  timeMs: number;
  lineNumber: number;
}

/** Fewer lines than this are in any order by chance. */
const leastLines = 10;
/** In a sorted log, so many neighbors have the same or a falling time, and are in the order of their text all the same. */
const leastSortedTies = 8;
/** Of the lines of a mixed log, at least this share is followed by one that is clearly earlier. */
const mixedShare = 0.1;
/** Ranks and hosts differ by less. */
const clearlyEarlierMs = 1000;
/** Of the distinct lines, so many are there again if the log was doubled. */
const repeatedShare = 0.9;

/** Finds files whose lines are those of a log, but in another order or several times. */
export class LineOrderReader {
  readonly #seen = new Map<string, number>();
  #repeat: { line: number; ofLine: number } | undefined;
  #last: OrderedLine | undefined;
  #count = 0;
  #risingCount = 0;
  #clearlyEarlierCount = 0;
  #firstEarlierLine: number | undefined;
  #tieCount = 0;
  readonly #isSorted = { codes: true, words: true };

  push(line: OrderedLine): void {
    this.#count += 1;
    this.#noteRepeat(line);
    const last = this.#last;
    this.#last = line;
    if (last === undefined) return;
    const passedMs = line.timeMs - last.timeMs;
    if (passedMs > 0) this.#risingCount += 1;
    else this.#tieCount += 1;
    if (passedMs < 0) this.#firstEarlierLine ??= line.lineNumber;
    if (passedMs < -clearlyEarlierMs) this.#clearlyEarlierCount += 1;
    if (last.text > line.text) this.#isSorted.codes = false;
    if (this.#isSorted.words && byWords.compare(last.text, line.text) > 0)
      this.#isSorted.words = false;
  }

  #noteRepeat({ text, lineNumber }: OrderedLine): void {
    // Two handlers of one logger often write different words before the same event.
    const event = text.slice(text.indexOf(":::MLLOG "));
    const known = this.#seen.get(event);
    if (known === undefined) this.#seen.set(event, lineNumber);
    else this.#repeat ??= { line: lineNumber, ofLine: known };
  }

  finish(): LogCause[] {
    if (this.#count < leastLines) return [];
    return [...this.#repeated(), ...this.#outOfOrder()];
  }

  #repeated(): LogCause[] {
    const distinct = this.#seen.size;
    if (this.#repeat === undefined || this.#count - distinct < repeatedShare * distinct) return [];
    return [
      { cause: "lines-repeated", times: Math.round(this.#count / distinct), ...this.#repeat },
    ];
  }

  #outOfOrder(): LogCause[] {
    const order = this.#order();
    return order === undefined
      ? []
      : [{ cause: "lines-out-of-order", order, line: this.#firstEarlierLine }];
  }

  #order(): Order | undefined {
    const earlierCount = this.#clearlyEarlierCount;
    if (this.#risingCount === 0 && this.#firstEarlierLine !== undefined) return "newest-first";
    const isSorted = this.#isSorted.codes || this.#isSorted.words;
    // Copies of one line are in order, too.
    const copies = this.#count - this.#seen.size;
    if (isSorted && this.#tieCount - copies >= leastSortedTies) return "text";
    return earlierCount >= mixedShare * this.#count && earlierCount >= leastSortedTies
      ? "mixed"
      : undefined;
  }
}

/** As `sort` compares outside the C locale. */
const byWords = new Intl.Collator("en");
