import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { writeJson } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";

export const schemaCommand = defineCommand({
  name: "schema",
  summary: "Print the JSON Schema of a file or of a --json document",
  usage: "[name]",
  arguments: [
    {
      name: "name",
      help: "`workload` (what `pitwall run` reads), `run.json` or `result.json` (of a record), `export.json` (what `pitwall export --format json` writes), `layout` and `prediction` (what `pitwall predict` reads and prints), `plan-calibration` (a line of what `pitwall plan --calibrate` keeps), or a command, for its `--json` document; default: list the names",
    },
  ],
  argumentCount: { minimum: 0, maximum: 2 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall schema workload > workload.schema.json",
      does: "for an editor to check and complete workload files",
    },
    { command: "pitwall schema show", does: "the document that `pitwall show --json` prints" },
  ],
  options: {},
  exits: [
    { code: 0, when: "printed" },
    { code: 2, when: "no schema has this name" },
  ],
  async act(call) {
    const { face, shared } = call;
    const { jsonSchema, fileSchemaNames: files } = await import("../../schema/json-schema.ts");
    const { documentedCommands: commands, documentSchema } =
      await import("../reference/json-documents.ts");
    if (call.arguments.length === 0) {
      printNames({ files, commands }, call);
      return exitCodes.yes;
    }
    const name = call.arguments.join(" ");
    const schema = jsonSchema(name) ?? documentSchema(name);
    if (schema === undefined) throw unknownSchema(name, [...files, ...commands]);
    if (shared.json) writeJson(face, "schema", { name, schema });
    else face.out.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    return exitCodes.yes;
  },
});

function printNames(
  names: { files: readonly string[]; commands: readonly string[] },
  { face, shared }: Pick<Call, "face" | "shared">,
): void {
  if (shared.json) {
    writeJson(face, "schema", names);
    return;
  }
  face.out.print(`files      ${names.files.join(", ")}\ncommands   ${names.commands.join(", ")}\n`);
}

function unknownSchema(name: string, names: readonly string[]): UserError {
  const nearest = nearestWord(name, names);
  return new UserError("unknown-schema", `unknown schema \`${name}\``, {
    hint: nearest === undefined ? `schemas: ${names.join(", ")}` : `did you mean \`${nearest}\`?`,
  });
}
