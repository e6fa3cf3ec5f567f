import { z } from "zod";
import type { Command } from "../command-table.ts";
import { documentedCommands, documentSchema } from "./json-documents.ts";

/** The part of JSON Schema that the published documents use. */
const jsonSchema = z.looseObject({
  $ref: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), jsonSchema).optional();
  },
  get items() {
    return z.union([z.boolean(), jsonSchema]).optional();
  },
  get prefixItems() {
    return z.array(jsonSchema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), jsonSchema]).optional();
  },
  get anyOf() {
    return z.array(jsonSchema).optional();
  },
  get oneOf() {
    return z.array(jsonSchema).optional();
  },
  get $defs() {
    return z.record(z.string(), jsonSchema).optional();
  },
});
type JsonSchema = z.output<typeof jsonSchema>;

const introduction = `# JSON documents

With \`--json\`, every command prints exactly one JSON document to standard output:

\`\`\`json
{ "schemaVersion": 1, "command": "runs", "ok": true, "result": [] }
\`\`\`

If the command fails, \`ok\` is false and \`error\` replaces \`result\`:

\`\`\`json
{ "schemaVersion": 1, "command": "show", "ok": false, "error": { "code": "unknown-run", "message": "no run \`x\`" } }
\`\`\`

- Units are in the keys: \`Ms\` milliseconds, \`Usd\` US dollars, \`joules\`, \`bytes\`. Numbers have full precision.
- Unknown values are absent, never \`null\`, except in arrays, where \`null\` keeps the position.
- The exit code is the same as without \`--json\`: an \`ok\` document with exit code 1 means that the answer is no.
- New keys do not change \`schemaVersion\`; removing or renaming a key increases it.
- \`pitwall serve --json\` prints its document when the server is ready and keeps running.
- \`--help\` and \`--version\` print text. An internal error (exit code 70) prints no document.

\`pitwall schema <command>\` prints the JSON Schema of the document. The outlines below are generated from
these schemas by \`npm run docs\`; \`?\` marks an optional key, and capitalized names refer to
[shared shapes](#shared-shapes).`;

/** docs/json.md: an outline of each command's result, and of the shapes that several share. */
export function jsonReference(commands: readonly Command[]): string {
  const shapes = new Map<string, JsonSchema>();
  const sections = commands.flatMap((command) => {
    const schema = documentSchema(command.name);
    if (schema === undefined) return [];
    const { oneOf = [], $defs = {} } = jsonSchema.parse(schema);
    for (const [name, shape] of Object.entries($defs)) shapes.set(name, shape);
    const [document] = oneOf;
    return [commandSection(command, document?.properties ?? {})];
  });
  const others = commands.filter(({ name }) => !documentedCommands.includes(name));
  const shared = [...shapes]
    .filter(([name]) => !isJsonValue(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, shape]) => `### ${name}\n\n${block(outline(shape, "").trim())}`);
  return `${[
    introduction,
    ...sections,
    `## Other commands\n\nThese documents have no published schema: ${others.map(({ name }) => `\`${name}\``).join(", ")}.`,
    "## Shared shapes",
    ...shared,
  ].join("\n\n")}\n`;
}

function commandSection(
  command: Command,
  properties: NonNullable<JsonSchema["properties"]>,
): string {
  const { result, warnings } = properties;
  const example = command.examples[0]?.command ?? `pitwall ${command.name}`;
  const [start = "", ...program] = example.split(" -- ");
  const withJson = [`${start.split(" > ")[0]} --json`, ...program].join(" -- ");
  const parts = [
    `## ${command.name}`,
    `\`${withJson}\``,
    block(labelled("result", result === undefined ? "JSON value" : outline(result, ""))),
  ];
  if (warnings !== undefined) parts.push(block(labelled("warnings", outline(warnings, ""))));
  return parts.join("\n\n");
}

function block(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

/** A schema in a notation like TypeScript's. */
function outline(schema: JsonSchema, indent: string): string {
  const { $ref, anyOf, oneOf, items, prefixItems, properties, additionalProperties } = schema;
  if ($ref !== undefined) return shapeName($ref.replace("#/$defs/", ""));
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choiceOutline(choices, indent);
  if (prefixItems !== undefined)
    return `[${prefixItems.map((item) => outline(item, indent)).join(", ")}]`;
  if (typeof items === "object") return listOutline(outline(items, indent));
  if (properties !== undefined) return objectOutline(schema, indent);
  if (typeof additionalProperties === "object")
    return `{ [name]: ${outline(additionalProperties, indent)} }`;
  const { type = "JSON value" } = schema;
  return typeof type === "string" ? type : type.join(" | ");
}

function labelled(name: string, text: string): string {
  return text.startsWith("\n") ? `${name}:${text}` : `${name}: ${text}`;
}

function isJsonValue(name: string): boolean {
  return name.startsWith("__schema");
}

function shapeName(name: string): string {
  return isJsonValue(name) ? "JSON value" : name;
}

function listOutline(item: string): string {
  return /^[\w"]+$/u.test(item) ? `${item}[]` : `(${item})[]`;
}

function choiceOutline(choices: readonly JsonSchema[], indent: string): string {
  const lines = choices.map((choice) => outline(choice, `${indent}    `));
  const joined = lines.join(" | ");
  return joined.includes("\n") || joined.length > 80
    ? lines.map((line) => `\n${indent}  | ${line}`).join("")
    : joined;
}

function objectOutline({ properties = {}, required = [] }: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? "" : "?";
    return labelled(`${name}${mark}`, outline(field, inner));
  });
  const joined = `{ ${fields.join(", ")} }`;
  if (!joined.includes("\n") && indent.length + joined.length <= 96) return joined;
  return `{\n${fields.map((field) => `${inner}${field}\n`).join("")}${indent}}`;
}
