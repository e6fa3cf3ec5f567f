import { describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { commandNames, loadCommand } from "./load-command.ts";

describe("loadCommand", () => {
  test("knows every command, in the order of the help", () => {
    expect(commandNames).toEqual(commands.map(({ name }) => name));
  });

  test.each(commands)("loads $name by its name", async (command) => {
    expect(await loadCommand(command.name)).toBe(command);
  });

  test.each(["", "results imprt", "constructor", "toString"])("knows no `%s`", async (name) => {
    expect(await loadCommand(name)).toBeUndefined();
  });
});
