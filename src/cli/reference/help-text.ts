import type { Paint } from "../../report/paint.ts";
import { exitCodes, type Command, type OptionDeclaration } from "../command-table.ts";
import { kebab, sharedOptions } from "../parse-arguments.ts";

/** The help of a longer flag is on the next line. */
const maximumFlagWidth = 34;

/** The help text of one command: summary, examples, arguments, flags by group, exit codes. */
export function commandHelp(command: Command, paint: Paint): string {
  return [
    `${paint.strong(`pitwall ${command.name}`)} ${command.usage}`,
    "",
    command.summary,
    "",
    ...exampleLines(command, paint),
    ...argumentLines(command, paint),
    ...optionLines(command, paint),
    paint.strong("Exit codes"),
    ...command.exits.map(({ code, when }) => `  ${String(code).padStart(3)}  ${when}`),
    `  ${String(exitCodes.wrongRequest).padStart(3)}  invalid request; ${exitCodes.worldFailed}: system failure; ${exitCodes.interrupted}: interrupted`,
  ].join("\n");
}

function exampleLines(command: Command, paint: Paint): string[] {
  return command.examples
    .flatMap(({ command: line, does }) => [`  ${paint.name(line)}`, `      ${does}`])
    .concat("");
}

function argumentLines(command: Command, paint: Paint): string[] {
  if (command.arguments.length === 0) return [];
  const width = Math.max(...command.arguments.map(({ name }) => name.length));
  return [
    paint.strong("Arguments"),
    ...command.arguments.map(({ name, help }) => `  ${name.padEnd(width)}   ${help}`),
    "",
  ];
}

function optionLines(command: Command, paint: Paint): string[] {
  const all = Object.entries({ ...command.options, ...sharedOptions });
  const widths = all.map(([name, declaration]) => flagText(name, declaration).length);
  const width = Math.max(...widths.filter((length) => length <= maximumFlagWidth));
  const groups = [...new Set(all.map(([, declaration]) => declaration.group))];
  const optionLine = ([name, declaration]: [string, OptionDeclaration]): string => {
    const flag = flagText(name, declaration);
    const text = `${declaration.help}${defaultText(declaration)}`;
    if (flag.length > width) return `  ${paint.name(flag)}\n${" ".repeat(width + 5)}${text}`;
    return `  ${paint.name(flag)}${" ".repeat(width - flag.length)}   ${text}`;
  };
  return groups.flatMap((group) => {
    const ofGroup = all.filter(([, declaration]) => declaration.group === group);
    return [paint.strong(group)].concat(ofGroup.map(optionLine), "");
  });
}

/** `--runs <count>`, `--metric <pattern>…`, `--color auto|always|never`. */
export function flagText(name: string, declaration: OptionDeclaration): string {
  const flag = `--${kebab(name)}`;
  switch (declaration.takes) {
    case "nothing":
      return flag;
    case "choice":
      return `${flag} ${declaration.choices.join("|")}`;
    case "texts":
      return `${flag} <${declaration.placeholder}>…`;
    case "text":
      return declaration.alone === undefined
        ? `${flag} <${declaration.placeholder}>`
        : `${flag} [${declaration.placeholder}]`;
    case "number":
      return `${flag} <${declaration.placeholder}>`;
  }
}

export function defaultText(declaration: OptionDeclaration): string {
  if (declaration.takes === "nothing" || declaration.takes === "texts") return "";
  return declaration.default === undefined ? "" : ` [${String(declaration.default)}]`;
}
