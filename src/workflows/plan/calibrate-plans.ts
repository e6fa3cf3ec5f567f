import { learnFromRun, type Lesson } from "../../planner/learned/learn-from-run.ts";
import { learnedFactors } from "../../planner/learned/learned-factors.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { findAccelerator } from "../../schema/find-accelerator.ts";
import type { CalibrationAnswer, LearnedRun } from "../../schema/plan/learned-run.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { SystemDescription } from "../../schema/system-description.ts";
import { readAccelerators } from "../../store/catalogue/catalogue.ts";
import { addLearnedRuns, learnedRunsPath } from "../../store/learned-runs.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { showRun } from "../read-run/show-run.ts";

interface CalibrationRequest {
  /** Runs or series, as `pitwall show` finds them; none only lists what is learned. */
  texts: readonly string[];
  home: string;
  nowMs: number;
}

/**
 * Learns from finished runs how far their plans were off, for later plans.
 *
 * @throws UserError `unknown-run`, `ambiguous-run`, `record-broken`, `calibration-invalid`; and what the disk reports
 */
export async function calibratePlans(
  store: RunStore,
  { texts, home, nowMs }: CalibrationRequest,
): Promise<CalibrationAnswer> {
  const accelerators = await readAccelerators();
  const learnedOn = new Date(nowMs).toISOString().slice(0, 10);
  const pages: RunPage[] = [];
  for (const text of texts) {
    const shown = await showRun(store, text);
    pages.push(...(shown.kind === "run" ? [shown.page] : shown.pages));
  }
  const lessons = pages.map((page) => ({
    runId: page.request.runId,
    lesson: lessonOf(page, { accelerators, learnedOn }),
  }));
  const learned = lessons.flatMap(({ lesson: { run } }) => (run === undefined ? [] : [run]));
  const runs = await addLearnedRuns(home, learned);
  return {
    path: learnedRunsPath(home),
    runs,
    learned: learned.map(({ runId }) => runId),
    notLearned: lessons.flatMap(({ runId, lesson }) =>
      lesson.reasons.map((reason) => ({ runId, reason })),
    ),
    factors: factorsOf(runs),
  };
}

function lessonOf(
  { request, planComparison: comparison, result }: RunPage,
  { accelerators, learnedOn }: { accelerators: readonly Accelerator[]; learnedOn: string },
): Lesson {
  const { runId, plan, system, isWarmup } = request;
  if (plan === undefined) return { run: undefined, reasons: ["it has no plan"] };
  if (result === undefined || comparison === undefined)
    return { run: undefined, reasons: ["it is not finished"] };
  if (isWarmup === true) return { run: undefined, reasons: ["it is a warm-up"] };
  return learnFromRun({ runId, plan, comparison, learnedOn, ...machineOf(system, accelerators) });
}

function machineOf(
  {
    accelerators_per_node: perNode,
    accelerator_model_name: model,
    number_of_nodes: nodes,
  }: SystemDescription,
  accelerators: readonly Accelerator[],
): { accelerator: string | undefined; count: number } {
  if (perNode === 0) return { accelerator: "cpu", count: 1 };
  const found = model === undefined ? undefined : findAccelerator(model, accelerators);
  const accelerator = found?.kind === "found" ? found.value.name : undefined;
  return { accelerator, count: nodes * perNode };
}

/** One row for each accelerator, framework, subject and basis that a run was learned of. */
function factorsOf(runs: readonly LearnedRun[]): CalibrationAnswer["factors"] {
  const keys = new Map(
    runs.map(({ accelerator, framework, subject, basis }) => [
      JSON.stringify([accelerator, framework, subject, basis]),
      { accelerator, framework, subject, basis },
    ]),
  );
  return [...keys.values()].flatMap((key) => {
    const factors = learnedFactors(runs, key);
    const { basis: _, ...named } = key;
    return factors === undefined ? [] : [{ ...named, ...factors }];
  });
}
