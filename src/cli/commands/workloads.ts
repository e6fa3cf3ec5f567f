import { screenWidth } from "../atlas-screen.ts";
import { defineCommand, exitCodes } from "../command-table.ts";

export const workloadsCommand = defineCommand({
  name: "workloads",
  summary: "List built-in workloads",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [{ command: "pitwall workloads", does: "name, area, target and what is learned" }],
  options: {},
  exits: [{ code: 0, when: "always" }],
  async act({ face, shared }) {
    const { embeddedWorkloads } = await import("../../trainer/embedded-workloads.ts");
    const { formatTarget } = await import("../../schema/run/target-text.ts");
    if (shared.json) {
      const result = embeddedWorkloads.map(
        ({ name, area, title, target, globalBatchSize, maxSamples, data }) => ({
          name,
          area,
          title,
          target,
          globalBatchSize,
          maxSamples,
          data,
        }),
      );
      face.out.write(
        `${JSON.stringify({ schemaVersion: 1, command: "workloads", ok: true, result })}\n`,
      );
      return exitCodes.yes;
    }
    const { paint } = face.out;
    const { fitTable } = await import("../../report/fitted-table.ts");
    const lines = fitTable<(typeof embeddedWorkloads)[number]>(
      [
        {
          head: "workload",
          align: "left",
          cell: ({ name }) => name,
          paint: (text) => paint.name(text),
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
      embeddedWorkloads,
      screenWidth(face),
    );
    face.out.print(
      `${lines.join("\n")}\n\nnext: ${paint.name("pitwall run digits --workers 2")}\n`,
    );
    return exitCodes.yes;
  },
});
