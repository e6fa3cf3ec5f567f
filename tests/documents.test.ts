import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cliReference } from "../src/cli/reference/cli-reference.ts";
import { loadCommands } from "../src/cli/commands.ts";
import { jsonReference } from "../src/cli/reference/json-reference.ts";
import { jsonSchema } from "../src/schema/json-schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("docs/cli.md", () => {
  test("is what `npm run docs` writes", async () => {
    expect(read("docs/cli.md")).toBe(cliReference(await loadCommands()));
  });
});

describe("docs/json.md", () => {
  test("is what `npm run docs` writes", async () => {
    expect(read("docs/json.md")).toBe(jsonReference(await loadCommands()));
  });
});

describe("docs/workload.schema.json", () => {
  test("is the schema that reads workload files", () => {
    expect(JSON.parse(read("docs/workload.schema.json"))).toEqual(
      JSON.parse(JSON.stringify(jsonSchema("workload"))),
    );
  });
});

describe("every document", () => {
  test.each([
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/submitting.md",
    "bench/README.md",
    "docs/workloads.md",
  ])("%s links only to files that are there", (path) => {
    const targets = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/gu)].map(
      (match) => match[1] ?? "",
    );
    const missing = targets.filter((target) => !existsSync(join(root, path, "..", target)));
    expect(missing).toEqual([]);
  });

  test("ARCHITECTURE.md gives every dependency its line", () => {
    const { dependencies, optionalDependencies } = JSON.parse(read("package.json"));
    const missing = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
      (name) => !read("ARCHITECTURE.md").includes(`| \`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});

describe("the README's row about blame for faults", () => {
  const [row = ""] = /^\| blame for faults .*$/mu.exec(read("README.md")) ?? [];
  const sets = [
    ...read("docs/diagnosis.md").matchAll(
      /^\| \w+ set, (.+?) \| (\d+) \| ([\d.]+ %) \|(?:[^|]+\|){3} (\d+) \| (\d+) \|/gmu,
    ),
  ].map(([, when, faults, right, healthy, alarms]) => ({ when, faults, right, healthy, alarms }));
  const measured = sets.filter(({ when }) => when === "when measured");

  const sum = (counts: readonly (string | undefined)[]): number =>
    counts.reduce((total, count) => total + Number(count), 0);
  const range = (shares: readonly (string | undefined)[]): string => {
    const values = shares.map((share) => Number.parseFloat(share ?? ""));
    return `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)} %`;
  };

  test("states what docs/diagnosis.md measured before corrections", () => {
    const alarms = sum(measured.map((set) => set.alarms));
    const healthy = sum(measured.map((set) => set.healthy));
    expect(measured).toHaveLength(11);
    expect(row).toContain(`rank in ${range(measured.map(({ right }) => right))} of the faults`);
    expect(row).toContain(`(${sum(measured.map((set) => set.faults))} faults)`);
    expect(row).toMatch(new RegExp(`\\b${alarms} false alarms? in ${healthy} healthy runs`, "u"));
  });

  test("states what docs/diagnosis.md measured after corrections", () => {
    const after = sets.filter(({ when }) => when === "after corrections");
    // A set that was only measured has no such row yet.
    expect(after.length).toBeGreaterThan(measured.length - 3);
    expect(row).toContain(`${range(after.map(({ right }) => right))} after corrections`);
  });
});

describe("the README's rows about predictions", () => {
  const readme = read("README.md");

  /** Points, median and mean of a row of docs/accuracy.md. */
  function figures(name: string): { points: string; median: string; mean: string } {
    const row = read("docs/accuracy.md")
      .split("\n")
      .find((line) => line.startsWith(`| ${name} |`));
    const [, , points = "", median = "", mean = ""] =
      row?.split("|").map((cell) => cell.trim()) ?? [];
    return { points, median, mean };
  }
  const groups = ["A100 and H100, 16 bit", "FSDP", "TPU", "FP8, Blackwell, mixture of experts"];
  const means = (fold: string): string[] =>
    groups.map((group) => figures(`${group}: ${fold}`).mean);

  test("state the errors of docs/accuracy.md", () => {
    const [dense, fsdp, tpu, experts] = means("**each model left out**");
    const layouts = means("each layout left out").map((text) => text.replace(" %", ""));
    const unfitted = figures("compiled or fused kernels");
    const all = figures("all");
    const round = figures("v6.0, held out");
    expect(readme).toContain(
      `${dense} on A100 and H100 in 16 bit, ${fsdp} with FSDP, ${tpu} on TPUs, ${experts} with FP8, Blackwell or experts; ${layouts.slice(0, 3).join(", ")} and ${layouts[3]} % on other layouts of known models; ${unfitted.mean} on ${unfitted.points} steps that nothing is fitted to, of programs with compiled or fused kernels, and ${all.mean} on ${all.points} with plain ones`,
    );
    expect(readme).toContain(
      `median error ${round.median} on the ${round.points} results of round v6.0`,
    );
  });
});

describe("package-lock.json", () => {
  const lock = JSON.parse(read("package-lock.json"));

  test("holds no package with an install script", () => {
    const withScript = Object.entries<{ hasInstallScript?: boolean }>(lock.packages).filter(
      ([, entry]) => entry.hasInstallScript === true,
    );
    expect(withScript.map(([name]) => name)).toEqual([]);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(50);
  });

  test("names no host to download from", () => {
    expect(read("package-lock.json")).not.toContain('"resolved": "http');
  });
});
