import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { convertEdition } from "../scripts/official-rules/convert-edition.js";
import { parseLog } from "../src/mllog/parse-log.ts";
import { compileEdition } from "../src/rules/compile-edition.ts";
import { ruleEdition } from "../src/schema/logs/rule-edition.ts";

const origin = { source: "mlcommons/logging 0.0.0", released: "2026-01-01" };

function fixture(path: string): string {
  return readFileSync(new URL(`fixtures/${path}`, import.meta.url), "utf8");
}

function readRules(edition: string) {
  const path = new URL(`../data/rules/${edition}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8"));
}

describe("the converter of official rule files", () => {
  const dump = JSON.parse(fixture("official-rules/dump.json"));

  test("turns each form of Python expression into a formula", () => {
    const edition = convertEdition(dump, origin);
    expect(edition).toMatchSnapshot();
    expect(() => compileEdition(ruleEdition.parse(edition))).not.toThrow();
  });

  test("rejects code that it does not know, and names the file", () => {
    const call = { node: "Call", func: { node: "Name", id: "eval" }, args: [], keywords: [] };
    const rule = { kind: "KEY", NAME: "seed", CHECK: [[{ node: "Expr", value: call }]] };
    const unknown = { folder: "training_9.9.0", files: [{ name: "common", rules: [rule] }] };
    expect(() => convertEdition(unknown, origin)).toThrow(/training-9\.9, common: .*unknown form/);
  });

  const python = process.env["PITWALL_MLPERF_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("../scripts/official-rules/dump_rules.py", import.meta.url));
  const dumped = spawnSync(python, [script], { encoding: "utf8", maxBuffer: 1e9 });
  if (dumped.status !== 0)
    process.stderr.write("skipped: no Python with mlperf-logging; set PITWALL_MLPERF_PYTHON\n");

  test.skipIf(dumped.status !== 0)("gives the shipped rules from the installed package", () => {
    const { version, editions }: { version: string; editions: unknown[] } = JSON.parse(
      dumped.stdout,
    );
    const converted = editions.map((each) => convertEdition(each, origin));
    // Another version of the package may have other rules.
    const comparable = converted.filter(
      ({ edition }) => readRules(edition).source === `mlcommons/logging ${version}`,
    );
    expect(comparable.map(({ edition, files }) => ({ edition, files }))).toEqual(
      comparable.map(({ edition }) => ({ edition, files: readRules(edition).files })),
    );
  });
});

/** Changed logs with what mlperf-logging 4.1.68 says of them: see `bench/rules-agreement.js`. */
const cases = gunzipSync(readFileSync(new URL("fixtures/logs/rounds-6.jsonl.gz", import.meta.url)))
  .toString()
  .split("\n")
  .map((line) => JSON.parse(line))
  .map((each, index) => Object.assign(each, { name: `${index}: ${each.edition}, ${each.what}` }));

describe("rules of rounds 6.0 and 6.1", () => {
  const rules = new Map(
    ["training-6.0", "training-6.1"].map((edition) => [
      edition,
      compileEdition(ruleEdition.parse(readRules(edition))),
    ]),
  );

  test.each(cases)("judge a made log as the official checker does ($name)", (each) => {
    const checking = rules.get(each.edition)?.start();
    for (const line of parseLog(Buffer.from(each.text, "latin1")).lines) checking?.push(line);
    const { verdict, failingKeys = [] } = checking?.finish() ?? {};
    expect({ verdict, failingKeys: verdict === "crash" ? [] : failingKeys }).toEqual({
      verdict: each.verdict,
      failingKeys: each.failingKeys,
    });
  });
});
