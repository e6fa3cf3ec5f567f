// Writes docs/cli.md from the built commands, docs/json.md from the schemas of their JSON documents, and docs/workload.schema.json from the schema that reads
// workload files; tests fail if they are out of date.
import { writeFileSync } from "node:fs";
import { cliReference } from "../build/cli/reference/cli-reference.js";
import { loadCommands } from "../build/cli/commands.js";
import { jsonReference } from "../build/cli/reference/json-reference.js";
import { jsonSchema } from "../build/schema/json-schema.js";

const commands = await loadCommands();
writeFileSync(new URL("../docs/cli.md", import.meta.url), cliReference(commands));
writeFileSync(new URL("../docs/json.md", import.meta.url), jsonReference(commands));
writeFileSync(
  new URL("../docs/workload.schema.json", import.meta.url),
  `${JSON.stringify(jsonSchema("workload"), undefined, 2)}\n`,
);
