import type { Finding } from "../../schema/run/finding.ts";
import type { RunReader } from "../read-run/run-reader.ts";

/** A shorter run has its findings on the card soon enough. */
const quietMs = 3000;
/** Checked this often; a warning need not be quicker. */
const checkEveryMs = 500;
/** A pattern that matched none of so many lines with numbers is likely wrong, if another line comes near it. */
const numericLinesToMatch = 20;
/** After this much output without a match, it is likely wrong in any case. */
const unmatchedAfterMs = 60_000;

/** What should be said of a run while it goes on: each finding once. */
export class LiveWarnings {
  readonly #launchedMs: number;
  readonly #reported = new Set<string>();
  #checkedMs = Number.NEGATIVE_INFINITY;

  constructor(launchedMs: number) {
    this.#launchedMs = launchedMs;
  }

  /** Findings that are new since the last call. */
  due(nowMs: number, reader: RunReader): Finding[] {
    const isEarly = nowMs - this.#launchedMs < quietMs;
    if (isEarly || nowMs - this.#checkedMs < checkEveryMs) return [];
    this.#checkedMs = nowMs;
    const silence = reader.silence(nowMs);
    const findings = [
      ...reader.run.findings,
      ...reader.readingFindings(),
      ...this.#unmatched(nowMs, reader),
      ...(silence === undefined ? [] : [silence]),
    ];
    return findings.filter((finding) => this.#isNew(finding));
  }

  #unmatched(nowMs: number, reader: RunReader): Finding[] {
    const unmatched = reader.unmatched();
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
