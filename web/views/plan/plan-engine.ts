import { UserError } from "../../../src/foundation/errors/user-error.ts";
import {
  planDraws,
  planSession,
  type PlanAnswer,
  type PlanSession,
} from "../../../src/planner/goal/plan-session.ts";
import type { PlanCall } from "../../../src/planner/goal/plan-machines.ts";
import { readPlanCall, type PlanTexts } from "../../../src/planner/goal/read-plan-call.ts";
import type { PlanData } from "../../../src/schema/plan/plan-data.ts";

export type PlannedAnswer = Extract<PlanAnswer, { kind: "planned" }>;

/** The answer to a request. */
export interface PlanView {
  call: PlanCall;
  answer: PlanAnswer;
  /** The same request without limits, which the ranges of sliders and the chart need; undefined if that has no plan either. */
  unlimited: PlannedAnswer | undefined;
  /** Whether all odds have as many draws as those of the command line. */
  isExact: boolean;
}

export type PlanState =
  | { kind: "searching"; last: PlanView | undefined }
  | { kind: "answered"; view: PlanView }
  /** The request is not valid. */
  | { kind: "refused"; error: UserError; last: PlanView | undefined };

/** Draws while a slider moves; the others follow when it rests. */
const movingDraws = 250;
/** Searching continues in the next task after this long, so that the page keeps responding. */
const sliceMs = 9;
const restingMs = 120;

/** Answers requests in the page, in the same frame where nothing has to be searched. */
export class PlanEngine {
  readonly #session: PlanSession;
  readonly #publish: (state: PlanState) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: PlanView | undefined;
  /** The last answer without limits, which limits do not change. */
  #free: { key: string; answer: PlannedAnswer | undefined } | undefined;

  constructor(data: PlanData, publish: (state: PlanState) => void) {
    this.#session = planSession(data);
    this.#publish = publish;
  }

  /** Replaces the request that is being answered. */
  ask(texts: PlanTexts): void {
    clearTimeout(this.#timer);
    this.#attempt(() => {
      const call = readPlanCall(texts);
      this.#inSlices(this.#session.search(call), () => this.#answer(call, movingDraws));
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #answer(call: PlanCall, drawCount: number): void {
    const answer = this.#session.answer(call, drawCount);
    const view = {
      call,
      answer,
      unlimited: this.#withoutLimits(call, answer, drawCount),
      isExact: drawCount === planDraws || hasAllDraws(answer),
    };
    this.#last = view;
    this.#publish({ kind: "answered", view });
    if (view.isExact) return;
    const refine = (): void => this.#answer(call, planDraws);
    this.#timer = setTimeout(
      () => this.#attempt(() => this.#inSlices(this.#session.draw(call), refine)),
      restingMs,
    );
  }

  #withoutLimits(call: PlanCall, answer: PlanAnswer, drawCount: number): PlannedAnswer | undefined {
    const free = { ...call, limits: {} };
    const key = JSON.stringify([free, drawCount]);
    if (this.#free?.key === key) return this.#free.answer;
    const hasLimits = Object.values(call.limits).some((limit) => limit !== undefined);
    const found = hasLimits ? this.#session.answer(free, drawCount) : answer;
    this.#free = { key, answer: found.kind === "planned" ? found : undefined };
    return this.#free.answer;
  }

  #inSlices(work: Generator<undefined, void>, then: () => void): void {
    const untilMs = performance.now() + sliceMs;
    while (performance.now() < untilMs) {
      if (work.next().done !== true) continue;
      then();
      return;
    }
    if (this.#last?.isExact !== false) this.#publish({ kind: "searching", last: this.#last });
    this.#timer = setTimeout(() => this.#attempt(() => this.#inSlices(work, then)));
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#publish({ kind: "refused", error, last: this.#last });
    }
  }
}

function hasAllDraws(answer: PlanAnswer): boolean {
  return answer.kind === "planned" && answer.paidMs.every(({ length }) => length >= planDraws);
}
