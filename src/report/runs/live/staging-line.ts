import { formatBytes } from "../../../foundation/numbers/units.ts";
import type { RunEvent } from "../../../schema/run/events/run-event.ts";

type Staging = Extract<RunEvent, { kind: "staging" }>;

/** The line is redrawn when this much more of a step is done. */
const shownFraction = 0.01;

/** One line about the slowest host: its step, and how far that is. */
export class StagingLine {
  readonly #latest = new Map<string, Staging>();
  #shown = "";
  #shownFraction = 0;

  /** The new line; undefined if it would hardly differ. */
  update(event: Staging): string | undefined {
    if (event.host === undefined) this.#latest.clear();
    this.#latest.set(event.host ?? "", event);
    const slowest = [...this.#latest.values()].toSorted((a, b) => fractionOf(a) - fractionOf(b))[0];
    if (slowest === undefined) return undefined;
    const what = `${slowest.name} ${slowest.host ?? ""} ${slowest.step}`;
    const fraction = fractionOf(slowest);
    const isNew = what !== this.#shown || Math.abs(fraction - this.#shownFraction) >= shownFraction;
    if (!isNew) return undefined;
    this.#shown = what;
    this.#shownFraction = fraction;
    return textOf(slowest);
  }
}

function fractionOf({ doneBytes, totalBytes }: Staging): number {
  return totalBytes === undefined || totalBytes === 0 ? 0 : doneBytes / totalBytes;
}

function textOf(event: Staging): string {
  const { name, host, step, doneBytes, totalBytes } = event;
  const where = host === undefined || host === "localhost" ? "" : ` on ${host}`;
  if (step === "wait") return `data ${name}: another run is putting it there${where}`;
  const total = totalBytes === undefined ? "" : ` of ${formatBytes(totalBytes)}`;
  return `data ${name}: ${stepTexts[step]}${where}, ${formatBytes(doneBytes)}${total}`;
}

const stepTexts = {
  fetch: "fetching",
  checksum: "computing checksums",
  send: "sending",
  check: "reading and verifying",
} as const;
