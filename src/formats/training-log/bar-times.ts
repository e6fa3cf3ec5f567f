const epochLine = /^\s*Epoch\s+\d+\s*\/\s*\d+\s*$/iu;
/** The complete bar of Keras: `100/100 ━━━━ 12s 45ms/step - loss: 0.3`, `100/100 [====] - 12s 45ms/step - loss: 0.3`. */
const completeBar =
  /(?:^|\s)(\d+)\/\1\s+(?:━+|\[=+\])[\s-]+(?:(\d+):)?(?:(\d+):)?(\d+)s\s+[\d.]+(?:us|ms|s)\/(?:step|epoch|sample)/u;

/** Adds up the durations that the bars of Keras show at the end of each epoch, in whole seconds. */
export class BarTimes {
  #sumMs = 0;
  #lastMs = 0;
  #isRepeat = false;

  /** The sum at the end of an epoch, in milliseconds; undefined for other lines. */
  read(text: string): number | undefined {
    if (epochLine.test(text)) this.#isRepeat = false;
    const found = completeBar.exec(text);
    if (found === null) return undefined;
    const [, , first, second, seconds] = found;
    // `1:02:03s` has hours, `2:03s` does not.
    const [hours, minutes] = second === undefined ? [0, first ?? 0] : [first ?? 0, second];
    const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    // The bar is printed again when the validation of its epoch is complete.
    this.#sumMs += this.#isRepeat ? Math.max(0, ms - this.#lastMs) : ms;
    this.#lastMs = this.#isRepeat ? Math.max(ms, this.#lastMs) : ms;
    this.#isRepeat = true;
    return this.#sumMs;
  }
}
