const mostKept = 1000;

interface PrintedValue {
  value: number;
  /** What the last printed digit counts. */
  unit: number;
}

/** The newest values of a metric as printed, to tell a value that a summary repeats from a new one. */
export class EarlierValues {
  #values: PrintedValue[] = [];

  add(text: string): void {
    this.#values.push(printedValue(text));
    if (this.#values.length > 2 * mostKept) this.#values = this.#values.slice(-mostKept);
  }

  /** Whether a text shows an earlier value, with as many digits or fewer: `0.88` after `0.8833`. */
  has(text: string): boolean {
    const { value, unit } = printedValue(text);
    return this.#values.some(
      (earlier) => Math.abs(earlier.value - value) <= 0.51 * Math.max(unit, earlier.unit),
    );
  }
}

function printedValue(text: string): PrintedValue {
  const [, decimals = "", exponent = "0"] =
    /^[^.,eE]*(?:[.,](\d+))?(?:[eE]([+-]?\d+))?/u.exec(text) ?? [];
  return {
    value: Number.parseFloat(text.replace(",", ".")),
    unit: 10 ** (Number(exponent) - decimals.length),
  };
}
