import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "./support/pitwall.ts";
import { shape } from "./support/card-shape.ts";
import { shellIn } from "./support/shell-in.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** The fenced blocks of a language. Those with the output of runs have none. */
function blocks(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gmu");
  return [...readme.matchAll(fence)].map((match) => match[1] ?? "");
}

/** A copy of the example folder, made as the README describes, and the package where npm installs it. */
function exampleFolder(): string {
  const cwd = temporaryFolder();
  cpSync(join(root, "data/example"), cwd, { recursive: true });
  mkdirSync(join(cwd, "node_modules"));
  symlinkSync(root, join(cwd, "node_modules/pitwall"));
  return cwd;
}

describe("the README", () => {
  test.skipIf(!hasPython)("has shell blocks that run as written (needs python3)", () => {
    const cwd = exampleFolder();
    const lines = blocks("sh").flatMap((block) => block.trim().split("\n"));
    const commands = lines
      .map((line) => line.replace(/\s+#.*$/u, ""))
      .filter((line) => line.startsWith("pitwall "));
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands) {
      const { status, stderr } = shellIn(cwd, command);
      expect({ command, status, stderr: status === 0 ? "" : stderr }).toEqual({
        command,
        status: 0,
        stderr: "",
      });
    }
  });

  test.skipIf(!hasPython)("has a workload file that runs (needs python3)", async () => {
    const cwd = exampleFolder();
    const [file = ""] = blocks("yaml");
    writeFileSync(join(cwd, "moons.yaml"), file);
    const { exitCode, stderr } = await pitwall(["run", "moons.yaml", "--quiet"], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test("shows the exact output for the example logs", () => {
    const [sessions = ""] = blocks("console");
    const [, ...sessionTexts] = sessions.split(/^\$ /mu);
    expect(sessionTexts.length).toBe(3);
    const cwd = exampleFolder();
    for (const session of sessionTexts) {
      const [command = "", ...shown] = session.trimEnd().split("\n");
      const { stdout } = shellIn(cwd, command);
      expect(`${command}\n${stdout.trimEnd()}`).toBe([command, ...shown].join("\n"));
    }
  });

  test("has library code that checks and scores", () => {
    expect(runExample(blocks("ts")[0])).toMatch(
      /^(?:result_[0-3] 42 pass\n){4}result_4 41 fail eval_accuracy run_stop\n803\.59 min\n$/u,
    );
  });

  test.skipIf(!hasPython)("has library code that trains (needs python3)", () => {
    expect(runExample(blocks("ts")[1])).toMatch(/^[\d.]+ s, MLPerf mean\n$/u);
  });

  test.skipIf(!hasPython)(
    "starts with output that the program still prints (needs python3)",
    () => {
      const screens = blocks("").filter((block) => block.startsWith("$ pitwall "));
      expect(screens.length).toBe(2);
      for (const screen of screens) {
        const [command = "", ...shown] = screen.trimEnd().split("\n");
        const { stdout, status } = shellIn(exampleFolder(), command.replace("$ ", ""));
        expect(status).toBe(0);
        expect(shape(stdout)).toEqual(shape(shown.join("\n")));
      }
    },
  );
});

function runExample(code = ""): string {
  const cwd = exampleFolder();
  const library = new URL("../dist/index.js", import.meta.url).href;
  writeFileSync(join(cwd, "example.mjs"), code.replace('"pitwall"', JSON.stringify(library)));
  return execFileSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8" });
}
