import { defineCommand, exitCodes } from "../command-table.ts";

export const schemaCommand = defineCommand({
  name: "schema",
  summary: "Print the JSON Schema of a file that Pitwall uses",
  usage: "[workload | run | result]",
  arguments: [
    {
      name: "file",
      help: "`workload` (what `pitwall run` reads), `run` or `result` (of a record); default: list the schemas",
    },
  ],
  argumentCount: { least: 0, most: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall schema workload > workload.schema.json",
      does: "for an editor to check and complete workload files",
    },
  ],
  options: {},
  exits: [{ code: 0, when: "printed" }],
  async act({ face, shared, arguments: [name] }) {
    const { jsonSchema, schemaNames } = await import("../../schema/json-schema.ts");
    const { writeJson } = await import("../atlas-screen.ts");
    if (name === undefined) {
      if (shared.json) writeJson(face, "schema", { names: schemaNames });
      else face.out.write(`${schemaNames.join("\n")}\n`);
      return exitCodes.yes;
    }
    const schema = jsonSchema(name);
    if (shared.json) writeJson(face, "schema", { name, schema });
    else face.out.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    return exitCodes.yes;
  },
});
