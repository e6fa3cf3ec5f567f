import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./support/pitwall.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const door = new URL("../dist/index.js", import.meta.url).href;
const shipped = "data/example/training_v5.0/tinycorp/results/tinybox_green/retinanet";

/** The code of a file's `@example`, without the stars of its comment. */
function exampleOf(path: string): string {
  const [, code = ""] = /^ \* @example\n \* ```ts\n([\s\S]*?)^ \* ```$/mu.exec(read(path)) ?? [];
  return code.replaceAll(/^ \* ?/gmu, "");
}

/** Runs it as a user's module would run, by the built package's door, beside the logs that are shipped. */
function run(code: string): string[] {
  const cwd = temporaryFolder();
  symlinkSync(join(root, "data"), join(cwd, "data"));
  for (const name of ["result_0.txt", "result_4.txt"])
    symlinkSync(join(root, shipped, name), join(cwd, name));
  writeFileSync(join(cwd, "example.mjs"), code.replace('"pitwall"', JSON.stringify(door)));
  const said = execFileSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8" });
  return said.trimEnd().split("\n");
}

describe("the example in the doc comment of", () => {
  test.each([
    {
      name: "parseLog",
      path: "src/mllog/parse-log.ts",
      said: [
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
      said: ["fail [ 'eval_accuracy', 'run_stop' ]", "key-missing", "never-met"],
    },
    {
      name: "scoreRuns",
      path: "src/score/mlperf/score-runs.ts",
      said: ["601200 1", "0 counted", "1 fastest", "2 slowest"],
    },
  ])("$name runs, and gives what the logs hold", ({ path, said }) => {
    expect(run(exampleOf(path))).toEqual(said);
  });

  test("the door is the README's, to the letter", () => {
    const code = exampleOf("src/index.ts");
    expect(code.split("\n").length).toBeGreaterThan(10);
    expect(read("README.md")).toContain(`\`\`\`ts\n${code}\`\`\``);
  });
});
