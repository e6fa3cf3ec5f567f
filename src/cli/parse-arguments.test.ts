import { describe, expect, test } from "vitest";
import { UserError } from "../foundation/errors/user-error.ts";
import { loadCommands } from "./commands.ts";
import type { OptionDeclaration } from "./command-table.ts";
import { kebab, parseArguments, sharedOptions } from "./parse-arguments.ts";

const commands = await loadCommands();
const flags = commands.flatMap((command) =>
  Object.entries<OptionDeclaration>({ ...sharedOptions, ...command.options }).flatMap(
    ([name, declaration]) => {
      if (declaration.takes === "nothing") return [];
      const flag = kebab(name);
      const [first, second] = twoValues(declaration);
      const words = [`--${flag}`, first, `--${flag}=${second}`, "--help"];
      const title = `pitwall ${command.name} --${flag}`;
      return [{ title, command, words, first, second, isList: declaration.takes === "texts" }];
    },
  ),
);

/** Two values that the declaration accepts. */
function twoValues(declaration: Exclude<OptionDeclaration, { takes: "nothing" }>) {
  if (declaration.takes === "number") return ["7", "8"] as const;
  if (declaration.takes !== "choice") return ["one", "two"] as const;
  const [first = "", second = first] = declaration.choices;
  return [first, second] as const;
}

describe("a flag given twice", () => {
  test.each(flags.filter(({ isList }) => isList))(
    "$title: a list takes both values",
    ({ command, words, first, second }) => {
      const values = Object.values(parseArguments(command, words).options);
      expect(values).toContainEqual([first, second]);
    },
  );

  test.each(flags.filter(({ isList }) => !isList))(
    "$title: an error names both values",
    ({ command, words, first, second }) => {
      const error = errorOf(() => parseArguments(command, words));
      expect(error.code).toBe("option-repeated");
      expect(error.saw).toBe(`\`${first}\` and \`${second}\``);
    },
  );
});

function errorOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
