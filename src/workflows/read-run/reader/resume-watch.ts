import { FirstCounters } from "../../../formats/text/metrics/first-counters.ts";
import { resumeLine } from "../../../formats/text/sections/resumed-training.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { Evaluation } from "../../../schema/run/outcome/run-result.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { firstCountFarAboveZero, isFarAboveZero } from "../../../score/readings/first-count.ts";
import { resumeFlag } from "../../../score/readings/resume-flag.ts";

/** Watches for signs that a program continues a training from a checkpoint, while the run continues no other one. */
export class ResumeWatch {
  readonly #request: RunRequest;
  readonly #launchedMs: number | undefined;
  readonly #counters = new FirstCounters();
  readonly #flag: string | undefined;
  #line: string | undefined;
  #isOver = false;

  /** @param launchedMs undefined for a record, which has no times of arrival */
  constructor(request: RunRequest, launchedMs: number | undefined) {
    const { startable } = request;
    this.#request = request;
    this.#launchedMs = launchedMs;
    this.#flag = startable.kind === "command" ? resumeFlag(startable.command) : undefined;
  }

  /** Pitwall started the program again, which may continue from a checkpoint of this run. */
  restarted(): void {
    this.#isOver = true;
  }

  take(text: string, timeMs: number, evaluationCount: number): void {
    if (this.#isOver) return;
    // A program may load its best checkpoint after the training.
    if (this.#line === undefined && evaluationCount === 0) this.#line = resumeLine(text);
    if (this.#launchedMs !== undefined) this.#counters.take(text, timeMs - this.#launchedMs);
  }

  findings(evaluations: readonly Evaluation[]): Finding[] {
    if (this.#request.continues !== undefined) return [];
    if (this.#line !== undefined) return [{ rule: "resumed-from-checkpoint", line: this.#line }];
    const firstCount = firstCountFarAboveZero(evaluations);
    if (firstCount !== undefined) return [{ rule: "resumed-from-checkpoint", firstCount }];
    const start = this.#counters.starts.find(({ first, second }) => isFarAboveZero(first, second));
    if (start !== undefined) {
      const counter = { name: start.name, first: start.first.count };
      return [{ rule: "may-be-resumed", counter }];
    }
    return this.#flag === undefined ? [] : [{ rule: "may-be-resumed", flag: this.#flag }];
  }
}
