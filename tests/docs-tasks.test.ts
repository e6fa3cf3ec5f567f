import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadCommands } from "../src/cli/commands.ts";
import { kebab, sharedOptions } from "../src/cli/parse-arguments.ts";
import { temporaryFolder } from "./support/pitwall.ts";
import { commandsOf, readPage } from "./support/task-page.ts";
import { shellIn } from "./support/shell-in.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Pages for a task of the user; `run-on-slurm.md` is tested on a Slurm cluster, in `engines/slurm-first-run.test.ts`. */
const pages = [
  "time-my-script.md",
  "compare-two-ways.md",
  "check-a-submission.md",
  "read-old-logs.md",
  "plan-a-budget.md",
  "find-out-why-it-is-slow.md",
];

describe.skipIf(!hasPython)("the pages for tasks (need python3)", () => {
  test.each(pages)("%s has commands that work as written, in order", (page) => {
    const cwd = temporaryFolder();
    cpSync(join(root, "data/example"), cwd, { recursive: true });
    const [file] = [...readPage(page).matchAll(/^with `(.+)`:\n\n```yaml\n([\s\S]*?)^```$/gmu)];
    const [, name, text] = file ?? [];
    if (name !== undefined && text !== undefined) writeFileSync(join(cwd, name), text);
    const commands = commandsOf(page);
    expect(commands.length).toBeGreaterThan(3);
    for (const { command, status: wanted } of commands) {
      const { status, stderr } = shellIn(cwd, command);
      expect({ command, status, stderr: status === wanted ? "" : stderr }).toEqual({
        command,
        status: wanted,
        stderr: "",
      });
    }
  });
});

test("inline commands of all pages use options that exist", async () => {
  const commands = new Map((await loadCommands()).map((each) => [each.name, each]));
  const names = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const shown = names.flatMap((name) =>
    [...readPage(name).matchAll(/`pitwall ([a-z][^`\n]*)`/gu)].map((match) => match[1] ?? ""),
  );
  expect(shown.length).toBeGreaterThan(100);
  const unknown = shown.filter((text) => {
    const [own = ""] = text.replaceAll(/'[^']*'/gu, "x").split(" -- ");
    const words = own.split(" ");
    const command = commands.get(words.slice(0, 2).join(" ")) ?? commands.get(words[0] ?? "");
    const flags = [...own.matchAll(/(?<=\s)--([a-z][a-z-]+)/gu)].map((match) => match[1] ?? "");
    const options = { ...sharedOptions, ...command?.options };
    const known = new Set(Object.keys(options).map(kebab));
    return command === undefined || flags.some((flag) => !known.has(flag));
  });
  expect(unknown).toEqual([]);
});

test("links of all pages lead to pages that exist, and each page is linked from the README", () => {
  const names = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const linksOf = (text: string) =>
    [...text.matchAll(/\]\((?!https?:)([\w./-]+\.md)(?:#[\w-]+)?\)/gu)].map(
      (match) => match[1] ?? "",
    );
  const missing = names.flatMap((name) =>
    linksOf(readPage(name))
      .filter((link) => !link.startsWith("../") && !names.includes(link))
      .map((link) => `${name} links ${link}`),
  );
  expect(missing).toEqual([]);
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const linked = linksOf(readme).map((link) => link.replace("docs/", ""));
  expect(linked).toEqual(expect.arrayContaining([...pages, "run-on-slurm.md"]));
});
