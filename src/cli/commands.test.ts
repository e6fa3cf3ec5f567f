import { expect, test } from "vitest";
import { plainPaint } from "../report/paint.ts";
import { commandEntries, commandNames, loadCommand, loadCommands } from "./commands.ts";
import { programHelp } from "./reference/program-help.ts";

const commands = await loadCommands();

test("each command is listed under its own name, with its own summary", () => {
  const listed = Object.entries(commandEntries).map(([name, { summary }]) => ({ name, summary }));
  expect(commands.map(({ name, summary }) => ({ name, summary }))).toEqual(listed);
});

test.each(commands)("$name is loaded by its name", async (command) => {
  expect(await loadCommand(command.name)).toBe(command);
});

test.each(["", "results imprt", "constructor", "toString"])(
  "`%s` is not a command",
  async (name) => {
    expect(await loadCommand(name)).toBeUndefined();
  },
);

test("the program's help names every command and fits 80 columns", () => {
  const lines = programHelp("1.0.0", plainPaint).split("\n");
  for (const name of commandNames)
    expect(lines.some((line) => line.startsWith(`  ${name} `))).toBe(true);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
