import { describe, expect, test } from "vitest";
import { loadPlanData } from "../../workflows/plan/load-plan-data.ts";
import { planSession, type PlanAnswer, type PlanSession } from "./plan-session.ts";
import { readPlanCall, type PlanTexts } from "./read-plan-call.ts";

const { data } = await loadPlanData({ home: undefined });

const dlrm: PlanTexts = { goal: "dlrm_dcnv2", maxCount: 64, spot: false, seed: "1" };
const llama: PlanTexts = { ...dlrm, goal: "llama31-8b", tokens: "1T", accelerators: "h100,b200" };

/** As a page asks: in parts, with few draws first, then with all. */
function answerInParts(session: PlanSession, texts: PlanTexts): PlanAnswer {
  const call = readPlanCall(texts);
  for (const _ of session.search(call));
  session.answer(call, 100);
  for (const _ of session.draw(call));
  return session.answer(call);
}

/** What a command prints. */
function shownOf(answer: PlanAnswer): unknown {
  return answer.kind === "planned" ? answer.plan : answer.error;
}

describe("planSession", () => {
  test.each<{ name: string; first: PlanTexts; second: PlanTexts }>([
    { name: "another budget", first: dlrm, second: { ...dlrm, budget: "40usd" } },
    { name: "a budget that no plan meets", first: dlrm, second: { ...dlrm, budget: "1usd" } },
    { name: "another deadline", first: { ...dlrm, deadline: "10m" }, second: dlrm },
    { name: "spot prices", first: dlrm, second: { ...dlrm, spot: true } },
    { name: "fewer accelerators", first: dlrm, second: { ...dlrm, maxCount: 16 } },
    { name: "another seed", first: dlrm, second: { ...dlrm, seed: "2" } },
    { name: "another goal", first: dlrm, second: llama },
    { name: "more tokens", first: llama, second: { ...llama, tokens: "2T" } },
    { name: "a loss", first: llama, second: { ...llama, tokens: undefined, target: "2.2" } },
    { name: "another precision", first: llama, second: { ...llama, precision: "fp8" } },
    { name: "a region", first: dlrm, second: { ...dlrm, region: "us-east-1" } },
  ])("answers a request after another as if it were the first: $name", ({ first, second }) => {
    const session = planSession(data);
    answerInParts(session, first);
    const fresh = planSession(data).answer(readPlanCall(second));
    expect(shownOf(answerInParts(session, second))).toEqual(shownOf(fresh));
  });

  test("keeps the odds of offers that remain", () => {
    const session = planSession(data);
    const before = session.answer(readPlanCall(dlrm));
    const after = session.answer(readPlanCall({ ...dlrm, maxCount: 32, deadline: "1h" }));
    if (before.kind !== "planned" || after.kind !== "planned") throw new Error("both have a plan");
    const kept = after.paidMs.filter((times) => before.paidMs.includes(times));
    expect(kept.length).toBeGreaterThan(0);
  });

  test("leaves out accelerators of unknown energy where energy decides, and names them", () => {
    const byEnergy = { ...llama, accelerators: "h100,tpu-v5p", objective: "energy" };
    const answer = planSession(data).answer(readPlanCall(byEnergy));
    if (answer.kind !== "planned") throw new Error("there is a plan");
    const { front, losses, notes } = answer.plan;
    expect(front.filter(({ energy }) => energy === undefined)).toEqual([]);
    expect(losses).toContainEqual(
      expect.objectContaining({ accelerator: "tpu-v5p", reason: "no-power-limit" }),
    );
    expect(notes).toContainEqual(expect.stringContaining("energy unknown: tpu-v5p"));
    const alone = planSession(data).answer(readPlanCall({ ...byEnergy, accelerators: "tpu-v5p" }));
    expect(alone).toMatchObject({ kind: "refused", error: { code: "nothing-to-plan" } });
  });

  test("takes prices of the request before those of the catalog", () => {
    const answer = planSession(data).answer(readPlanCall({ ...llama, ownPrices: "h100-sxm=0.25" }));
    if (answer.kind !== "planned") throw new Error("there is a plan");
    const prices = answer.plan.front.flatMap(({ accelerator, price }) =>
      accelerator === "h100-sxm" ? [price] : [],
    );
    expect(prices.length).toBeGreaterThan(0);
    for (const price of prices)
      expect(price).toMatchObject({ usdPerAcceleratorHour: 0.25, terms: "own" });
  });

  test("ignores what was learned from own runs if it is asked to", () => {
    const learnedRuns = [
      {
        schemaVersion: 1 as const,
        runId: "a",
        learnedOn: "2026-11-29",
        subject: "llama31-8b",
        accelerator: "h100-sxm",
        count: 8,
        framework: "megatron",
        basis: "model" as const,
        ratios: { stepTime: 2 },
      },
    ];
    const session = planSession({ ...data, learnedRuns });
    const plain = planSession(data).answer(readPlanCall(llama));
    expect(shownOf(session.answer(readPlanCall(llama)))).not.toEqual(shownOf(plain));
    const ignoring = readPlanCall({ ...llama, ignoresOwnRuns: true });
    expect(shownOf(session.answer(ignoring))).toEqual(shownOf(plain));
  });

  test("gives an offer parts of a step that add up to its step time", () => {
    const answer = planSession(data).answer(readPlanCall(llama));
    if (answer.kind !== "planned") throw new Error("there is a plan");
    for (const { breakdown, stepTimeMs } of answer.plan.front) {
      const total = Object.values(breakdown ?? {}).reduce((sum, ms) => sum + ms, 0);
      expect(total / (stepTimeMs ?? 0)).toBeCloseTo(1, 6);
    }
  });
});
