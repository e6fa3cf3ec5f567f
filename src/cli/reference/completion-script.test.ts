import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { loadCommands } from "../commands.ts";
import { completionScript } from "./completion-script.ts";

const commands = await loadCommands();

/** The completions that bash offers for the last word. */
function complete(...words: string[]): string[] {
  const script = `${completionScript("bash", commands)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pitwall; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const offered = execFileSync("bash", ["-c", script, "bash", "pitwall", ...words], {
    encoding: "utf8",
  });
  return offered.trim().split("\n");
}

describe("completionScript for bash", () => {
  test.each([
    { words: ["ru"], offered: ["run", "runs", "rules"] },
    { words: ["results", "im"], offered: ["import"] },
    { words: ["run", "--metr"], offered: ["--metric", "--metrics-from"] },
    { words: ["results", "import", "--int"], offered: ["--into"] },
    { words: ["run", "--color", "a"], offered: ["auto", "always"] },
    { words: ["run", "--", "--met"], offered: [""] },
    { words: ["nothing", "--"], offered: [""] },
  ])("offers $offered for $words", ({ words, offered }) => {
    expect(complete(...words)).toEqual(offered);
  });
});

test.each(["zsh", "fish"] as const)("the %s script names every command and flag", (shell) => {
  const script = completionScript(shell, commands);
  for (const { name, options } of commands) {
    expect(script).toContain(name.split(" ").at(-1));
    for (const flag of Object.keys(options)) {
      expect(script).toContain(flag.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`));
    }
  }
});
