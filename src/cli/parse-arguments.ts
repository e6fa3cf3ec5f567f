import { parseArgs } from "node:util";
import { nearestWord } from "../foundation/text/nearest-word.ts";
import { UserError } from "../foundation/errors/user-error.ts";
import type { Command, OptionDeclaration, OptionTable, SharedOptions } from "./command-table.ts";
import { suggestOption } from "./options/other-names.ts";

/** Flags that every command takes. */
export const sharedOptions = {
  json: { takes: "nothing", group: "Output", help: "print one JSON document and nothing else" },
  quiet: { takes: "nothing", group: "Output", help: "no progress, warnings or hints" },
  verbose: { takes: "nothing", group: "Output", help: "print more detail" },
  color: {
    takes: "choice",
    choices: ["auto", "always", "never"],
    default: "auto",
    group: "Output",
    help: "colour; `NO_COLOR` turns it off too",
  },
  home: {
    takes: "text",
    placeholder: "folder",
    group: "Output",
    help: "where records are kept; else $PITWALL_HOME, else ./.pitwall",
  },
  help: { takes: "nothing", group: "Output", help: "print this help" },
} as const satisfies OptionTable;

export interface ParsedCall {
  arguments: string[];
  program: string[] | undefined;
  options: Record<string, unknown>;
  shared: SharedOptions;
  wantsHelp: boolean;
}

/**
 * Reads a command's arguments against its table.
 *
 * @throws UserError `unknown-option`, `option-needs-value`, `option-invalid`, `option-repeated`,
 * `argument-missing`, `argument-unexpected`
 */
export function parseArguments(command: Command, words: readonly string[]): ParsedCall {
  const { before, program } = splitProgram(words);
  const table: OptionTable = { ...sharedOptions, ...command.options };
  const { positionals, values } = readFlags(command, table, before);
  const options: Record<string, unknown> = {};
  for (const [name, declaration] of Object.entries(table)) {
    options[name] = readValue(kebab(name), declaration, values[kebab(name)]);
  }
  const wantsHelp = options["help"] === true;
  if (!wantsHelp) checkArguments(command, positionals, program);
  const { json, quiet, verbose, home } = options;
  return {
    arguments: positionals,
    program,
    options,
    shared: {
      json: json === true,
      quiet: quiet === true,
      verbose: verbose === true,
      home: typeof home === "string" ? home : undefined,
    },
    wantsHelp,
  };
}

/** `stopAtTarget` → `stop-at-target`, as it is typed. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

function splitProgram(words: readonly string[]): {
  before: string[];
  program: string[] | undefined;
} {
  const dashes = words.indexOf("--");
  if (dashes === -1) return { before: [...words], program: undefined };
  return { before: words.slice(0, dashes), program: words.slice(dashes + 1) };
}

type RawValue = string | boolean | (string | boolean)[] | undefined;

function readFlags(command: Command, table: OptionTable, words: string[]) {
  const flags = new Map(
    Object.entries(table).map(([name, declaration]) => [kebab(name), declaration]),
  );
  const { tokens, positionals, values } = parseArgs({
    args: withLoneValues(flags, words),
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      [...flags].map(([flag, declaration]) => [
        flag,
        {
          type: declaration.takes === "nothing" ? ("boolean" as const) : ("string" as const),
          multiple: declaration.takes === "texts",
          ...(flag === "help" ? { short: "h" } : {}),
        },
      ]),
    ),
  });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const declaration = flags.get(token.name);
    if (declaration === undefined) throw unknownOption(command, token.rawName, [...flags.keys()]);
    checkValueGiven(token, declaration, words);
    if (token.value === undefined || declaration.takes === "texts") continue;
    const earlier = given.get(token.name);
    if (earlier !== undefined) throw optionRepeated(token.rawName, earlier, token.value);
    given.set(token.name, token.value);
  }
  return { positionals, values: values as Record<string, RawValue> };
}

/** Gives flags that can be alone their value. */
function withLoneValues(
  flags: ReadonlyMap<string, OptionDeclaration>,
  words: readonly string[],
): string[] {
  return words.map((word, at) => {
    const declaration = flags.get(word.replace(/^--/u, ""));
    if (!word.startsWith("--") || declaration?.takes !== "text") return word;
    const next = words[at + 1];
    const isAlone = next === undefined || next.startsWith("--");
    return isAlone && declaration.alone !== undefined ? `${word}=${declaration.alone}` : word;
  });
}

function unknownOption(command: Command, seen: string, flags: readonly string[]): UserError {
  const nearest = suggestOption(seen, flags);
  return new UserError("unknown-option", `\`pitwall ${command.name}\` has no option \`${seen}\``, {
    hint:
      nearest === undefined
        ? `\`pitwall ${command.name} --help\` lists its options`
        : `did you mean \`--${nearest}\`?`,
  });
}

function optionRepeated(rawName: string, earlier: string, later: string): UserError {
  return new UserError("option-repeated", `\`${rawName}\` was given twice`, {
    at: rawName,
    saw: `\`${earlier}\` and \`${later}\``,
    hint: `it accepts one value: remove \`${rawName} ${earlier}\` or \`${rawName} ${later}\``,
  });
}

function checkValueGiven(
  token: { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
  declaration: OptionDeclaration,
  words: readonly string[],
): void {
  if (declaration.takes === "nothing") {
    if (token.value === undefined) return;
    throw new UserError("option-invalid", `\`${token.rawName}\` does not accept a value`, {
      saw: `\`${token.value}\``,
    });
  }
  const isFlagInstead = token.inlineValue !== true && /^--[a-z]/u.test(token.value ?? "");
  if (token.value !== undefined && !isFlagInstead) return;
  const placeholder =
    declaration.takes === "choice" ? declaration.choices.join("|") : declaration.placeholder;
  throw new UserError("option-needs-value", `\`${token.rawName}\` requires a value`, {
    ...(words.at(-1) === token.rawName ? {} : { saw: `\`${token.value ?? ""}\` follows it` }),
    hint: `write \`${token.rawName} <${placeholder}>\``,
  });
}

function readValue(flag: string, declaration: OptionDeclaration, raw: RawValue): unknown {
  switch (declaration.takes) {
    case "nothing":
      return raw === true;
    case "texts":
      return Array.isArray(raw) ? raw : [];
    case "text":
      return raw ?? declaration.default;
    case "choice":
      if (raw === undefined) return declaration.default;
      if (typeof raw === "string" && declaration.choices.includes(raw)) return raw;
      throw invalidChoice(flag, String(raw), declaration.choices);
    case "number":
      return raw === undefined
        ? declaration.default
        : wholeNumber(flag, String(raw), declaration.minimum);
  }
}

function wholeNumber(flag: string, text: string, minimum: number): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && Number.isSafeInteger(value) && value >= minimum) return value;
  throw new UserError("option-invalid", `\`--${flag}\` must be an integer of at least ${minimum}`, {
    at: `--${flag}`,
    saw: `\`${text}\``,
    hint: `for example \`--${flag} ${Math.max(minimum, 1)}\``,
  });
}

function invalidChoice(flag: string, text: string, choices: readonly string[]): UserError {
  const nearest = nearestWord(text, choices);
  return new UserError("option-invalid", `invalid value \`${text}\` for \`--${flag}\``, {
    at: `--${flag}`,
    hint: `${nearest === undefined ? "" : `did you mean \`${nearest}\`? `}allowed: ${choices.map((choice) => `\`${choice}\``).join(", ")}`,
  });
}

function checkArguments(
  command: Command,
  given: readonly string[],
  program: string[] | undefined,
): void {
  const { minimum, maximum } = command.argumentCount;
  if (program !== undefined && !command.takesProgram) {
    throw new UserError(
      "argument-unexpected",
      `\`pitwall ${command.name}\` does not start a program`,
      {
        saw: `\`-- ${program.join(" ")}\``,
        hint: `usage: \`pitwall ${command.name} ${command.usage}\``,
      },
    );
  }
  if (given.length > maximum) {
    const extra = given[maximum] ?? "";
    throw new UserError(
      "argument-unexpected",
      `unexpected argument \`${extra}\` for \`pitwall ${command.name}\``,
      {
        hint: command.takesProgram
          ? `put the program after \`--\`: \`pitwall ${command.name} … -- ${extra}\``
          : `usage: \`pitwall ${command.name} ${command.usage}\``,
      },
    );
  }
  if (given.length < minimum) {
    throw new UserError(
      "argument-missing",
      `\`pitwall ${command.name}\` is missing the argument \`${command.arguments[given.length]?.name ?? ""}\``,
      {
        hint: `usage: \`pitwall ${command.name} ${command.usage}\`, for example \`${command.examples[0]?.command ?? ""}\``,
      },
    );
  }
}
