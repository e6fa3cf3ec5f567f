import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
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

describe("the README", () => {
  test.skipIf(!hasPython)("has shell blocks that run as they stand (needs python3)", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.py"), trainPy);
    const lines = blocks("sh").flatMap((block) => block.trim().split("\n"));
    const commands = lines
      .map((line) => line.replace(/\s+#.*$/u, ""))
      .filter((line) => line.startsWith("npx pitwall"));
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands) {
      const text = command.replace("npx pitwall", `"${process.execPath}" "${bin}"`);
      const { status, stderr } = spawnSync("sh", ["-c", text], { cwd, encoding: "utf8" });
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

  test("has library code that runs", () => {
    const cwd = temporaryFolder();
    const [code = ""] = blocks("ts");
    const library = new URL("../dist/index.js", import.meta.url).href;
    writeFileSync(join(cwd, "example.mjs"), code.replace('"pitwall"', JSON.stringify(library)));
    const said = execFileSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8" });
    expect(said).toMatch(/^[\d.]+ s by MLPerf's mean\n(?:reached \d+\n){3}$/u);
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
