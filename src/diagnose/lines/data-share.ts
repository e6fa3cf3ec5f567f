const number = String.raw`(?<value>\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?<unit>ms\b|s\b)?`;
const waited = new RegExp(
  String.raw`\bdata(?:[_ ]?(?:time|wait|load(?:ing)?(?:[_ ]time)?))?(?:\s*\(t\))?\s*[:=]?\s*${number}`,
  "iu",
);
const whole = new RegExp(
  String.raw`(?<![\p{L}_])(?:(?:batch|step|iter(?:ation)?|total)?[_ ]?time|batch)(?:\s*\(t\))?\s*[:=]?\s*${number}`,
  "iu",
);
/** A step whose data take at least this share of its time waits for them. */
const highShare = 0.5;
/** The first steps wait for the loader to start. */
const startCount = 2;
const fewestSteps = 8;
const mostSteps = 0.8;

/** Finds out whether a training waits for its data, from the times that it prints for each step: `Time 0.51 ( 0.50)  Data 0.43 ( 0.42)`. */
export class DataShare<Line extends { text: string }> {
  #count = 0;
  #highCount = 0;
  #lastHigh: Line | undefined;

  push(line: Line): void {
    const { text } = line;
    if (!/data/iu.test(text)) return;
    const data = waited.exec(text);
    if (data === null) return;
    const step = whole.exec(text.replace(data[0], " "));
    if (step === null) return;
    const [dataTime, stepTime] = [secondsOf(data), secondsOf(step)];
    if (stepTime <= 0 || dataTime > 1.05 * stepTime) return;
    this.#count += 1;
    if (this.#count <= startCount || dataTime < highShare * stepTime) return;
    this.#highCount += 1;
    this.#lastHigh = line;
  }

  /** The last line that shows it, if nearly all steps spent most of their time on waiting. */
  get waiting(): Line | undefined {
    const count = this.#count - startCount;
    const isHigh = count >= fewestSteps && this.#highCount >= mostSteps * count;
    return isHigh ? this.#lastHigh : undefined;
  }
}

function secondsOf({ groups }: RegExpExecArray): number {
  return Number(groups?.["value"]) / (groups?.["unit"]?.toLowerCase() === "ms" ? 1000 : 1);
}
