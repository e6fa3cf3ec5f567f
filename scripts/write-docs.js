// Writes docs/cli.md from the built commands; a test says when it is out of date.
import { writeFileSync } from "node:fs";
import { cliReference } from "../dist/cli/cli-reference.js";
import { commands } from "../dist/cli/commands.js";

writeFileSync(new URL("../docs/cli.md", import.meta.url), cliReference(commands));
