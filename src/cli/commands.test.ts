import { expect, test } from "vitest";
import { commandNames, loadCommand, loadCommands } from "./commands.ts";

const commands = await loadCommands();

test("each command is called as it is listed", () => {
  expect(commands.map(({ name }) => name)).toEqual(commandNames);
});

test.each(commands)("$name is loaded by its name", async (command) => {
  expect(await loadCommand(command.name)).toBe(command);
});

test.each(["", "results imprt", "constructor", "toString"])("there is no `%s`", async (name) => {
  expect(await loadCommand(name)).toBeUndefined();
});
