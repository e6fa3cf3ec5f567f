import type { PrintedLoss } from "./printed-losses.ts";

/** A value that a line names and that is no finite number. */
const badValue = /(?<name>[a-z][\w./-]*)["']?\s*[:=|]?\s*["'(]*[-+]?(?:nan|inf(?:inity)?)\b/iu;
/** Of evaluations, and times that are not known yet. */
const harmless = /^(?:val|eval|test|sanity|eta|speed|time|acc|iou|miou|grad)/iu;
/** A norm of NaN, and not an infinite one, after which only the scale of the loss is lowered. */
const badGradient = /\bgrad\w*[ _-]?norm["']?\s*[:=|]?\s*["'(]*-?nan\b/iu;
/** This many bad lines in a row are not caused by a single batch. */
const minimumBad = 3;

interface Value {
  name: string;
  first: PrintedLoss;
  count: number;
}

/**
 * For programs whose loss has another name: a value in lines about steps that was finite, and then stays NaN or infinite to the end, by rank.
 * Lines that state a loss do not come here.
 */
export class PrintedValues {
  readonly #last = new Map<number | undefined, string>();
  readonly #bad = new Map<number | undefined, Value>();
  /** Norms of gradients since the last line that stated a loss, which some programs leave out if it is NaN. */
  readonly #gradients = new Map<number | undefined, Omit<Value, "name">>();

  /** @param mayBeBad whether `hasBadWord` holds for the line */
  push({ file, line, rank, text }: PrintedLoss, mayBeBad: boolean): void {
    this.#pushGradient({ file, line, rank, text }, mayBeBad);
    const name = mayBeBad ? badValue.exec(text)?.groups?.["name"] : undefined;
    const known = this.#bad.get(rank);
    if (name === undefined || harmless.test(name)) {
      if (known !== undefined && hasFinite(text, known.name)) this.#bad.delete(rank);
      this.#last.set(rank, text);
      return;
    }
    if (known?.name === name) known.count += 1;
    else if (hasFinite(this.#last.get(rank) ?? "", name))
      this.#bad.set(rank, { name, first: { file, line, rank, text }, count: 1 });
  }

  #pushGradient(printed: PrintedLoss, mayBeBad: boolean): void {
    const { rank, text } = printed;
    if (mayBeBad && badGradient.test(text)) {
      const known = this.#gradients.get(rank);
      const { first, count } = known ?? { first: printed, count: 0 };
      this.#gradients.set(rank, { first, count: count + 1 });
    } else if (this.#gradients.size > 0 && /\bgrad/iu.test(text)) this.#gradients.delete(rank);
  }

  /** A line of the rank states a loss. */
  sawLoss(rank: number | undefined): void {
    if (this.#gradients.size > 0) this.#gradients.delete(rank);
  }

  /** Of each rank, the first line whose value stayed bad. */
  get bad(): readonly PrintedLoss[] {
    const known = firstOf(this.#bad);
    return known.length > 0 ? known : this.badGradients;
  }

  /** Of each rank, the first line of norms that stayed NaN, without a loss beside them. */
  get badGradients(): readonly PrintedLoss[] {
    return firstOf(this.#gradients);
  }
}

function firstOf(values: ReadonlyMap<unknown, Omit<Value, "name">>): PrintedLoss[] {
  return [...values.values()].flatMap(({ first, count }) => (count >= minimumBad ? [first] : []));
}

/** Whether a line may state a value that is no finite number. */
export function hasBadWord(text: string): boolean {
  return /\b(?:nan|inf(?:inity)?)\b/iu.test(text);
}

function hasFinite(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return at >= 0 && /^["']?\s*[:=|]?\s*["'(]*[-+]?\d/u.test(text.slice(at + name.length));
}
