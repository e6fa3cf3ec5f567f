import { UserError } from "../../foundation/errors/user-error.ts";
import { filterOf, filterOptions } from "../options/atlas-options.ts";
import { tableWidth, printProblems, writeJson } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes } from "../command-table.ts";
import { homeOf } from "../open-store.ts";

const options = {
  ...filterOptions,
  division: { ...filterOptions.division, default: "closed" },
} as const;

export const scalingCommand = defineCommand({
  name: "scaling",
  summary: "Show time and efficiency by number of accelerators",
  usage: "--benchmark <name> [--accelerator <name>]",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall scaling --benchmark gpt3 --accelerator h100",
      does: "one curve per submitter, of the newest round with four sizes; samples, throughput and RCP factor apart",
    },
    {
      command:
        "pitwall scaling --benchmark bert --accelerator a100 --submitter nvidia --round 'v*'",
      does: "all rounds of the newest rules together, the fastest of each size",
    },
  ],
  options,
  exits: [
    { code: 0, when: "shown" },
    {
      code: 2,
      when: "the benchmark is not known, or no accelerator and submitter has results of two sizes",
    },
  ],
  async act({ options, face, shared }) {
    if (options.benchmark === undefined)
      throw new UserError("one-benchmark-needed", "`pitwall scaling` requires `--benchmark`", {
        hint: "for example `pitwall scaling --benchmark gpt3 --accelerator h100`",
      });
    const { showScaling } = await import("../../workflows/results/show-scaling.ts");
    const home = await homeOf(face, shared);
    const { report, problems } = await showScaling({ filter: filterOf(options), home });
    await printProblems(problems, face, shared);
    if (shared.json) writeJson(face, "scaling", report);
    else {
      const { scalingPage } = await import("../../report/atlas/scaling-page.ts");
      const look = { width: tableWidth(face), paint: face.out.paint };
      face.out.print(`${scalingPage(report, look)}\n`);
    }
    return exitCodes.yes;
  },
});
