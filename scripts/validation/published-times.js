// Times to train of MLPerf rounds, each predicted from the rounds before it: the section of docs/accuracy.md.
import { evaluatePublished } from "../../build/planner/published/evaluate-published.js";
import { readAccelerators } from "../../build/store/catalogue/catalogue.js";
import { readPublishedModel } from "../../build/store/catalogue/read-plan-tables.js";
import { readResultRows } from "../../build/store/results/read-results.js";

const rounds = ["v2.1", "v3.0", "v3.1", "v4.0", "v4.1", "v5.0", "v5.1", "v6.0"];

/** One line per round, as `evaluatePublished` gives it. */
export async function evaluatePublishedTimes() {
  const [{ rows }, accelerators, model] = await Promise.all([
    readResultRows(),
    readAccelerators(),
    readPublishedModel(),
  ]);
  const byName = new Map(accelerators.map((one) => [one.name, one]));
  return evaluatePublished(rounds, { rows, accelerators: byName, model });
}

/** Markdown, from its heading on. */
export async function publishedTimesSection() {
  const percent = (fraction) => `${(100 * fraction).toFixed(1)} %`;
  const lines = (await evaluatePublishedTimes()).map((one) =>
    [
      one.round,
      one.isHeldOut ? "held out" : "fitted",
      String(one.pointCount),
      percent(one.medianError),
      percent(one.meanError),
      percent(one.maximumError),
      percent(one.bias),
      percent(one.insideFraction),
      percent(one.plainMedianError),
    ].join(" | "),
  );
  return [
    "## MLPerf time to train, from earlier rounds only",
    "",
    "Every result of the closed division whose benchmark has earlier results. The last column is the nearest earlier result, scaled by the number of accelerators alone.",
    "",
    "| round | constants | points | median error | mean | maximum | bias | inside the 80 % interval | nearest result |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...lines.map((line) => `| ${line} |`),
    "",
  ].join("\n");
}
