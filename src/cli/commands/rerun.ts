import { defineCommand } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
  price: {
    takes: "text",
    placeholder: "12.29/h",
    group: "Bill",
    help: "another price than the one on record",
  },
  showOutput: {
    takes: "nothing",
    group: "Output",
    help: "show what the program prints, on standard error",
  },
} as const;

export const rerunCommand = defineCommand({
  name: "rerun",
  summary: "Repeat a recorded run with the same command and seed",
  usage: "<run>",
  arguments: [
    {
      name: "run",
      help: "a run or series of `pitwall runs`, the beginning of its name, or `last`",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall rerun last",
      does: "again; an embedded workload gives the very same curve, and it says so",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the target was reached" },
    { code: 1, when: "the target was missed" },
    { code: 4, when: "a diagnosed fault ended the last run" },
  ],
  async act(call) {
    const {
      arguments: [text = ""],
      face,
      shared,
      options: given,
    } = call;
    const { showRun } = await import("../../workflows/read-run/show-run.ts");
    const { runAndReport } = await import("../answers/run-and-report.ts");
    const { planRerun } = await import("../../workflows/launch/prepare/plan-rerun.ts");
    const { findPrice } = await import("../../workflows/launch/prepare/find-price.ts");
    const shown = await showRun(await openStore(face, shared), text);
    const pages = shown.kind === "run" ? [shown.page] : shown.pages;
    const price =
      given.price === undefined ? undefined : await findPrice(given.price, face.nowMs());
    const plan = planRerun(
      pages.map((page) => page.request),
      price,
    );
    return runAndReport(plan, {
      warnings: [],
      call,
      command: "rerun",
      showsOutput: given.showOutput,
      compareWith: plan.seeds.flatMap(
        (seed) => pages.findLast(({ request }) => request.seed === seed) ?? [],
      ),
    });
  },
});
