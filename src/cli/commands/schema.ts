import { defineCommand, exitCodes } from "../command-table.ts";

export const schemaCommand = defineCommand({
  name: "schema",
  summary: "Print the JSON Schema of a file that Pitwall uses",
  usage: "<workload | run | result>",
  arguments: [
    {
      name: "file",
      help: "`workload` (what `pitwall run` reads), `run` or `result` (of a record)",
    },
  ],
  argumentCount: { least: 1, most: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall schema workload > workload.schema.json",
      does: "for an editor to check and complete workload files",
    },
  ],
  options: {},
  exits: [{ code: 0, when: "always" }],
  async act({ face, arguments: [name = ""] }) {
    const { jsonSchema } = await import("../../schema/json-schema.ts");
    face.out.write(`${JSON.stringify(jsonSchema(name), undefined, 2)}\n`);
    return exitCodes.yes;
  },
});
