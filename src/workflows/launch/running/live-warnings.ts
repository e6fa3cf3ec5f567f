import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { RunReader } from "../../read-run/reader/run-reader.ts";

/** No warnings before this time: for shorter runs, the findings on the card are enough. */
const quietMs = 3000;
/** Interval between checks. */
const checkEveryMs = 500;
/** A pattern that matches none of this many numeric lines is probably wrong, if another line is similar. */
const numericLinesToMatch = 20;
/** A pattern without a match for this long is probably wrong in any case. */
const unmatchedAfterMs = 60_000;

/** Findings to report while a run is in progress, each once. */
export class LiveWarnings {
  readonly #launchedMs: number;
  readonly #reported = new Set<string>();
  #checkedMs = Number.NEGATIVE_INFINITY;

  constructor(launchedMs: number) {
    this.#launchedMs = launchedMs;
  }

  /**
   * Findings that are new since the last call.
   *
   * @param fileFindings those about files that metrics are read from
   */
  due(nowMs: number, reader: RunReader, fileFindings: () => readonly Finding[]): Finding[] {
    const isEarly = nowMs - this.#launchedMs < quietMs;
    if (isEarly || nowMs - this.#checkedMs < checkEveryMs) return [];
    this.#checkedMs = nowMs;
    const findings = [
      ...reader.run.findings,
      ...reader.readingFindings(),
      ...reader.resumed(),
      ...this.#unmatched(nowMs, reader),
      ...fileFindings(),
    ];
    return findings.filter((finding) => this.#isNew(finding));
  }

  #unmatched(nowMs: number, reader: RunReader): Finding[] {
    // A program prints many batches before its first evaluation.
    const unmatched = reader
      .unmatched()
      .filter(({ rule }) => rule !== "metric-only-in-training-batches");
    if (nowMs - this.#launchedMs > unmatchedAfterMs) return unmatched;
    if (reader.numericLineCount < numericLinesToMatch) return [];
    return unmatched.filter(
      (finding) =>
        finding.rule === "metric-never-matched" &&
        (finding.suggestion !== undefined || finding.longerNames !== undefined),
    );
  }

  #isNew(finding: Finding): boolean {
    const key = "metric" in finding ? `${finding.rule} ${finding.metric}` : finding.rule;
    if (this.#reported.has(key)) return false;
    this.#reported.add(key);
    return true;
  }
}
