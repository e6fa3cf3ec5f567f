import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseLog } from "../../src/mllog/parse-log.ts";
import { compileEdition } from "../../src/rules/compile-edition.ts";
import { ruleEdition } from "../../src/schema/logs/rule-edition.ts";
import { pitwall } from "../support/pitwall.ts";

/** The rules of round 5.1 that hold for every benchmark, with an empty file for one that MLPerf does not know. */
function generalRules(division: string, benchmark: string) {
  const path = new URL("../../data/rules/training-5.1.json", import.meta.url);
  const whole = ruleEdition.parse(JSON.parse(readFileSync(path, "utf8")));
  const general = new Set(["common", "closed_common", "open_common"]);
  const ownFile = {
    name: `${division}_${benchmark}`,
    // A later rule file overrides a key: the benchmark need not be on MLPerf's list.
    keys: [{ key: "submission_benchmark", require: "exactly-one" }],
  };
  const files = whole.files.filter(({ name }) => general.has(name));
  return compileEdition(ruleEdition.parse({ ...whole, files: [...files, ownFile] }));
}

test.each(["open", "closed"])(
  "a log of our own trainer obeys MLPerf's general rules for the %s division",
  async (division) => {
    const { stdout, exitCode } = await pitwall(["train", "digits-mlp", "--seed", "1"]);
    expect(exitCode).toBe(0);
    const log = stdout.replace(
      /("key": "submission_division", "value": )"[a-z]+"/,
      `$1"${division}"`,
    );
    const check = generalRules(division, "digits-mlp").start();
    const { lines } = parseLog(log);
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) check.push(line);
    expect(check.soFar().files).toEqual(["common", `${division}_common`, `${division}_digits-mlp`]);
    expect(check.finish()).toMatchObject({ verdict: "pass", findings: [] });
  },
);
