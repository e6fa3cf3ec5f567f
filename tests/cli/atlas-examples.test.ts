import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { loadCommands } from "../../src/cli/commands.ts";
import { bin, temporaryFolder } from "../support/pitwall.ts";

const atlasCommands =
  /^pitwall (?:results|compare|gains|scaling|pareto|sql|rounds|benchmarks|prices) /u;
/** Examples about the reader's own runs and files, which do not exist here; other tests cover them. */
const ownData = /\blast\b|\bresults import\b|--prices|--own/u;

const commands = await loadCommands();
const fromHelp = commands.flatMap(({ examples }) => examples.map(({ command }) => command));
const inDocuments = ["README.md", "docs/atlas.md", "docs/cli.md"].flatMap((path) =>
  [
    ...readFileSync(path, "utf8").matchAll(/^(?:\$ )?(pitwall [^`\n]+)$|`(pitwall [^`\n]+)`/gmu),
  ].map(([, line, inline]) => line ?? inline ?? ""),
);

/** Placeholders (`<name>`, `[name]`) and lists of commands (`a|b`) are no commands. */
function isCommand(text: string): boolean {
  return atlasCommands.test(text) && !ownData.test(text) && !/<\w|\[\w|…|\w\|\w/u.test(text);
}

/** Runs a line as a reader does, in a shell that finds `pitwall`. */
async function runLine(line: string): Promise<string> {
  const cwd = temporaryFolder();
  const programs = join(cwd, "programs");
  mkdirSync(programs);
  const program = join(programs, "pitwall");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(program, 0o755);
  const env = {
    PATH: `${programs}:${process.env["PATH"] ?? ""}`,
    HOME: cwd,
    PITWALL_HOME: join(cwd, "home"),
    NO_COLOR: "1",
  };
  const { stderr } = await promisify(execFile)("sh", ["-c", line], {
    cwd,
    env,
    maxBuffer: 1 << 28,
  });
  return stderr;
}

const examples = [...new Set([...fromHelp, ...inDocuments].filter(isCommand))];

describe("the examples about published results in the help and the documents", () => {
  test("are found", () => {
    expect(examples).toContain(
      "pitwall compare v3.1/NVIDIA/eos_n64*/gpt3 v4.1/NVIDIA/eos_n64*/gpt3",
    );
    expect(examples.length).toBeGreaterThan(12);
  });

  test.each(examples)("%s", async (line) => {
    await expect(runLine(line)).resolves.not.toContain("error[");
  });
});
