/** What is known of lines that differ only in their digits. */
export interface LineShape {
  /** Where it states a loss; undefined if it states none. */
  lossAt: number | undefined;
  /** Whether it has a value that may be no finite number. */
  hasBadWord: boolean;
  /** Whether the line reports a step, which shows that the training continues. */
  isProgress: boolean;
}

/** Lengths remembered, and lines of each. */
const keptLengths = 512;
const keptOfLength = 4;

const zero = 48;
const nine = 57;

/**
 * Most lines of a log repeat an earlier one with other numbers. Lines of which nothing but the numbers has to be read are remembered, so that each
 * repetition costs one comparison instead of all patterns. No pattern that makes a line matter may depend on digits alone.
 */
export class KnownShapes {
  readonly #byLength = new Map<number, Pattern[]>();

  find(text: string): LineShape | undefined {
    const known = this.#byLength.get(text.length);
    if (known === undefined) return undefined;
    for (const pattern of known) if (fits(pattern, text)) return pattern.shape;
    return undefined;
  }

  add(text: string, shape: LineShape): void {
    if (this.#byLength.size >= keptLengths) this.#byLength.clear();
    const known = this.#byLength.get(text.length) ?? [];
    if (known.length >= keptOfLength) known.pop();
    // What was seen last is likely to come next.
    known.unshift({ words: [...text.matchAll(/\D+/gu)].map(wordOf), shape });
    this.#byLength.set(text.length, known);
  }
}

interface Pattern {
  /** What is between the numbers, and where it begins. */
  words: readonly { at: number; text: string }[];
  shape: LineShape;
}

function wordOf(match: RegExpExecArray): { at: number; text: string } {
  return { at: match.index, text: match[0] };
}

/** Of equal length, the words are equal, and the first and last character of each number are digits. */
function fits({ words }: Pattern, text: string): boolean {
  let end = 0;
  for (const word of words) {
    if (!text.startsWith(word.text, word.at)) return false;
    if (word.at > end && !isNumber(text, end, word.at - 1)) return false;
    end = word.at + word.text.length;
  }
  return end === text.length || isNumber(text, end, text.length - 1);
}

function isNumber(text: string, first: number, last: number): boolean {
  return isDigit(text.charCodeAt(first)) && isDigit(text.charCodeAt(last));
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}
