import type { Paint } from "../../report/paint.ts";
import { screenWidth, writeJson } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes } from "../command-table.ts";

export const workloadsCommand = defineCommand({
  name: "workloads",
  summary: "List the workloads that are part of Pitwall",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall workloads",
      does: "name, what it runs with, area, target and what is learned",
    },
  ],
  options: {},
  exits: [{ code: 0, when: "always" }],
  async act({ face, shared }) {
    const { embeddedWorkloads } = await import("../../trainer/embedded-workloads.ts");
    const { torchWorkloads } = await import("../../workflows/launch/prepare/torch-workloads.ts");
    const { formatTarget } = await import("../../schema/run/outcome/target-text.ts");
    const builtIn = embeddedWorkloads.map(
      ({ name, area, title, target, globalBatchSize, maxSamples, data }) => ({
        runtime: "built-in" as const,
        name,
        area,
        title,
        target,
        globalBatchSize,
        maxSamples,
        data,
      }),
    );
    const workloads = [...builtIn, ...torchWorkloads];
    if (shared.json) {
      writeJson(face, "workloads", workloads);
      return exitCodes.yes;
    }
    const { paint } = face.out;
    const { fitTable } = await import("../../report/fitted-table.ts");
    const lines = fitTable<(typeof workloads)[number]>(
      [
        {
          head: "workload",
          align: "left",
          cell: ({ name }) => name,
          paint: (text) => paint.name(text),
        },
        {
          head: "runs with",
          align: "left",
          cell: ({ runtime }) => (runtime === "torch" ? "PyTorch" : "Pitwall alone"),
          dropAt: 3,
        },
        { head: "area", align: "left", cell: ({ area }) => area, shrinkTo: 8, dropAt: 2 },
        { head: "target", align: "left", cell: ({ target }) => formatTarget(target), shrinkTo: 12 },
        {
          head: "what is learned",
          align: "left",
          cell: ({ title }) => title,
          shrinkTo: 15,
          dropAt: 1,
        },
      ],
      workloads,
      screenWidth(face),
    );
    face.out.print(`${lines.join("\n")}\n\n${nextSteps(paint)}\n`);
    return exitCodes.yes;
  },
});

function nextSteps(paint: Paint): string {
  const builtIn = "pitwall run digits --workers 2";
  const torch = "pitwall run image".padEnd(builtIn.length);
  return `next: ${paint.name(builtIn)}   runs a built-in workload\n      ${paint.name(torch)}   runs a workload for PyTorch: \`pip install torch numpy\``;
}
