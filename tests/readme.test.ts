import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bin, pitwall, temporaryFolder } from "./support/pitwall.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** The fenced blocks of one language; the screen at the top has none. */
function blocks(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gmu");
  return [...readme.matchAll(fence)].map((match) => match[1] ?? "");
}

/** A training program such as the README speaks of: it needs no more than Python itself. */
const trainPy = `
import argparse, random, time
parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=0)
random.seed(parser.parse_args().seed)
accuracy = 0.5
for epoch in range(12):
    time.sleep(0.05)
    accuracy += (1 - accuracy) * random.uniform(0.2, 0.4)
    print(f"epoch={epoch} val_acc={accuracy:.4f}")
`;

/** A folder with what a checkout has beside the program: the data that is shipped. */
function checkout(): string {
  const cwd = temporaryFolder();
  symlinkSync(join(root, "data"), join(cwd, "data"));
  return cwd;
}

/** Runs a line of the README as a shell would. */
function shell(line: string, cwd: string) {
  const text = line.replaceAll("npx pitwall", `"${process.execPath}" "${bin}"`);
  return spawnSync("sh", ["-c", text], { cwd, encoding: "utf8" });
}

describe("the README", () => {
  test.skipIf(!hasPython)("has shell blocks that run as they stand (needs python3)", async () => {
    const cwd = checkout();
    writeFileSync(join(cwd, "train.py"), trainPy);
    const lines = blocks("sh").flatMap((block) => block.trim().split("\n"));
    const commands = lines
      .map((line) => line.replace(/\s+#.*$/u, ""))
      .filter((line) => line.startsWith("npx pitwall"));
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands) {
      const { status, stderr } = shell(command, cwd);
      expect({ command, status, stderr: status === 0 ? "" : stderr }).toEqual({
        command,
        status: 0,
        stderr: "",
      });
    }
  });

  test.skipIf(!hasPython)("has a workload file that runs (needs python3)", async () => {
    const cwd = temporaryFolder();
    const [file = ""] = blocks("yaml");
    writeFileSync(join(cwd, "train.py"), trainPy);
    writeFileSync(join(cwd, "cifar.yaml"), file);
    const { exitCode, stderr } = await pitwall(["run", "cifar.yaml", "--quiet"], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test("shows what the program says of the shipped logs, to the letter", () => {
    const [sessions = ""] = blocks("console");
    const [, ...sessionTexts] = sessions.split(/^\$ /mu);
    expect(sessionTexts.length).toBe(3);
    const cwd = checkout();
    for (const session of sessionTexts) {
      const [command = "", ...shown] = session.trimEnd().split("\n");
      const { stdout } = shell(command, cwd);
      expect(`${command}\n${stdout.trimEnd()}`).toBe([command, ...shown].join("\n"));
    }
  });

  test.each([
    {
      name: "checks and scores",
      block: 0,
      said: /^(?:result_[0-3] 42 pass\n){4}result_4 41 fail eval_accuracy run_stop\n803\.59 min\n$/u,
    },
    { name: "trains", block: 1, said: /^[\d.]+ s by MLPerf's mean\n$/u },
  ])("has library code that runs: it $name", ({ block, said }) => {
    const cwd = checkout();
    const code = blocks("ts")[block] ?? "";
    const library = new URL("../dist/index.js", import.meta.url).href;
    writeFileSync(join(cwd, "example.mjs"), code.replace('"pitwall"', JSON.stringify(library)));
    expect(execFileSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8" })).toMatch(
      said,
    );
  });

  test("shows a screen that the program still draws", async () => {
    const [screen = ""] = blocks("");
    const [command = "", ...shown] = screen.trimEnd().split("\n");
    const words = command.replace("$ pitwall ", "").split(" ");
    const { stdout, exitCode } = await pitwall([...words, "--quiet"]);
    expect(exitCode).toBe(0);
    expect(shape(stdout)).toEqual(shape(shown.join("\n")));
  });
});

/** What stays of a card when figures, and what depends on them, are taken out. */
function shape(card: string): string[] {
  return card
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("  energy")) // which meters there are depends on the machine
    .map((line) =>
      line
        .replaceAll(/, dropped: \w+/gu, "")
        .replaceAll(/digits-\d{8}-\d{6}-\w{4}/gu, "ID")
        .replaceAll(/\d{4}-\d{2}-\d{2}/gu, "DATE")
        .replaceAll(/[\d.,]+(?: (?:ms|s|min|h)\b)?/gu, "#")
        .replaceAll(/(?:# )+/gu, "# ")
        .replaceAll(/ +/gu, " "),
    );
}
