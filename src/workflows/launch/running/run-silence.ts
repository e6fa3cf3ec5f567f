import { type IsIdleSince, SilenceWatch } from "../../../diagnose/silence/silence-watch.ts";
import { visibleText } from "../../../formats/text/lines/visible-text.ts";
import type { Silence, SilenceChange } from "../../../schema/run/findings/silence.ts";

/** The last line is looked for in this many bytes: a longer one says enough in its end. */
const tailBytes = 1000;

/** Watches the output of a run for a silence that its past does not explain. */
export class RunSilence {
  readonly #watch: SilenceWatch;
  /** Not while stored output is read again, whose times are in the past. */
  #isWatching: boolean;

  constructor({ isCatchingUp, launchedMs }: { isCatchingUp: boolean; launchedMs: number }) {
    this.#watch = new SilenceWatch(launchedMs);
    this.#isWatching = !isCatchingUp;
  }

  caughtUp(): void {
    this.#isWatching = true;
  }

  /** @param bytes whole lines, or a part of a long one */
  output(source: string, bytes: Buffer, timeMs: number): void {
    this.#watch.output(source, timeMs, () => lastLineOf(bytes));
  }

  /** Values in files that the program writes show that it goes on. */
  fileValues(timeMs: number): void {
    this.#watch.output("files", timeMs, () => "values in files");
  }

  changes(nowMs: number, isIdleSince: IsIdleSince): SilenceChange | undefined {
    return this.#isWatching ? this.#watch.update(nowMs, isIdleSince) : undefined;
  }

  /** The silence that goes on. */
  get current(): Silence | undefined {
    return this.#watch.reported;
  }
}

function lastLineOf(bytes: Buffer): string {
  const text = bytes.subarray(Math.max(0, bytes.length - tailBytes)).toString("utf8");
  return visibleText(
    text
      .trimEnd()
      .split(/[\r\n]/u)
      .at(-1) ?? "",
  );
}
