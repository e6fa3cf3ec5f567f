import { formats } from "../../formats/formats.ts";
import type { Command, OptionDeclaration } from "../command-table.ts";
import { defaultText, flagText } from "./help-text.ts";
import { sharedOptions } from "../parse-arguments.ts";

/** All commands and flags as Markdown: docs/cli.md, generated from the same tables as the help. */
export function cliReference(commands: readonly Command[]): string {
  const parts = [
    "# The command line",
    "Made by `npm run docs` from the tables that the commands themselves read.",
    "## Flags of every command",
    optionTable(Object.entries(sharedOptions)),
    ...commands.map(commandSection),
    "## Formats",
    "`results import` detects the format of a file; `export --format` chooses one.",
    formatTable(),
  ];
  return `${parts.join("\n\n")}\n`;
}

function commandSection(command: Command): string {
  const parts = [
    `## pitwall ${command.name}`,
    `${command.summary}.`,
    `\`\`\`\npitwall ${command.name} ${command.usage}`.trimEnd() + "\n```",
    command.examples.map(({ command: line, does }) => `- \`${line}\`: ${does}`).join("\n"),
  ];
  if (command.arguments.length > 0) {
    parts.push(
      command.arguments.map(({ name, help }) => `- **${name}**: ${escape(help)}`).join("\n"),
    );
  }
  const options = Object.entries(command.options);
  if (options.length > 0) parts.push(optionTable(options));
  const exits = command.exits.map(({ code, when }) => `${code}: ${when}`);
  parts.push(
    `Exit codes: ${exits.join("; ")}; 2: invalid request; 3: system failure; 130: interrupted.`,
  );
  return parts.join("\n\n");
}

function optionTable(options: readonly [string, OptionDeclaration][]): string {
  const rows = options.map(([name, declaration]) => {
    const flag = escape(flagText(name, declaration));
    return `| \`${flag}\` | ${escape(declaration.help + defaultText(declaration))} |`;
  });
  return ["| flag | |", "| --- | --- |", ...rows].join("\n");
}

function formatTable(): string {
  const rows = formats.map(({ name, summary, fileEndings, read, write }) => {
    const uses = [read && "`results import`", write && "`export`"].filter(
      (use) => use !== undefined,
    );
    const endings = fileEndings.map((ending) => `\`${ending}\``).join(" ");
    return `| \`${name}\` | ${escape(summary)} | ${endings} | ${uses.join(", ")} |`;
  });
  return ["| format | | file endings | commands |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}
