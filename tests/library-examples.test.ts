import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./support/pitwall.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const library = new URL("../dist/index.js", import.meta.url).href;
const shipped = "data/example/training_v5.0/tinycorp/results/tinybox_green/retinanet";

/** The code of a file's `@example` without comment markers. */
function exampleOf(path: string): string {
  const [, code = ""] = /^ \* @example\n \* ```ts\n([\s\S]*?)^ \* ```$/mu.exec(read(path)) ?? [];
  return code.replaceAll(/^ \* ?/gmu, "");
}

/** Runs the code as a user's module with the built package and the example logs. */
function run(code: string): string[] {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "node_modules"));
  symlinkSync(root, join(cwd, "node_modules/pitwall"));
  for (const name of ["result_0.txt", "result_4.txt"])
    symlinkSync(join(root, shipped, name), join(cwd, name));
  writeFileSync(join(cwd, "example.mjs"), code.replace('"pitwall"', JSON.stringify(library)));
  const output = execFileSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8" });
  return output.trimEnd().split("\n");
}

describe("the example in the doc comment of", () => {
  test.each([
    {
      name: "parseLog",
      path: "src/mllog/parse-log.ts",
      output: [
        "42 events in 46 lines",
        "26 1745610378469 0.2608930553164607",
        "32 1745622185857 0.31207695716564665",
        "38 1745633828548 0.32695300496649193",
        "44 1745645485614 0.34190927146960864",
      ],
    },
    {
      name: "checkLog",
      path: "src/workflows/check/check-log.ts",
      output: ["fail [ 'eval_accuracy', 'run_stop' ]", "key-missing", "never-met"],
    },
    {
      name: "scoreRuns",
      path: "src/score/mlperf/score-runs.ts",
      output: ["601200 1", "0 counted", "1 fastest", "2 slowest"],
    },
  ])("$name runs and prints the expected output", ({ path, output }) => {
    expect(run(exampleOf(path))).toEqual(output);
  });

  test("the library entry point is identical to the README example", () => {
    const code = exampleOf("src/index.ts");
    expect(code.split("\n").length).toBeGreaterThan(10);
    expect(read("README.md")).toContain(`\`\`\`ts\n${code}\`\`\``);
  });
});
