import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../foundation/json.ts";
import type { LogLine } from "../schema/logs/log-event.ts";
import { ruleAmendments, ruleEdition } from "../schema/logs/rule-edition.ts";
import { borrowedEditions, compileEdition } from "./compile-edition.ts";

const data = new URL("../../data/rules/", import.meta.url);

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, data), "utf8"));
}

function readEdition(id: string) {
  return ruleEdition.parse(read(id));
}

const editionIds = readdirSync(data)
  .map((name) => name.replace(".json", ""))
  .filter((name) => name !== "as-published");

function linesOf(pairs: readonly (readonly [string, JsonValue])[]): LogLine[] {
  return pairs.map(([key, value], index) => ({
    kind: "event",
    lineNumber: index + 1,
    byteOffset: index * 100,
    event: { timeMs: index, namespace: "", eventType: "POINT_IN_TIME", key, value, metadata: {} },
  }));
}

const bert = linesOf([
  ["submission_division", "closed"],
  ["submission_benchmark", "bert"],
]);

describe("the shipped editions", () => {
  test.each(editionIds)("%s compiles and reports the keys missing from an empty log", (id) => {
    const edition = readEdition(id);
    const borrowed = borrowedEditions(edition).map(readEdition);
    const verdict = compileEdition(edition, { borrowed }).start().finish();
    expect(verdict.verdict).toBe("fail");
    expect(verdict.failingKeys).toContain("run_start");
    expect(verdict.findings).toContainEqual({ rule: "no-lines" });
    expect(edition.edition).toBe(id);
    expect(edition.source).not.toBe("");
  });

  test("cover training 0.6 to 6.1 and HPC 1.0 to 3.0", () => {
    expect(editionIds.toSorted()).toEqual([
      "hpc-1.0",
      "hpc-2.0",
      "hpc-3.0",
      "training-0.6",
      "training-0.7",
      "training-0.7-warn",
      "training-1.0",
      "training-1.1",
      "training-2.0",
      "training-2.1",
      "training-3.0",
      "training-3.1",
      "training-4.0",
      "training-4.1",
      "training-5.0",
      "training-5.1",
      "training-6.0",
      "training-6.1",
    ]);
  });

  test.each([
    { id: "training-1.1", borrowed: ["training-1.0"] },
    { id: "training-4.0", borrowed: ["training-3.1"] },
    { id: "training-5.1", borrowed: [] },
  ])("$id borrows files from $borrowed", ({ id, borrowed }) => {
    expect(borrowedEditions(readEdition(id))).toEqual(borrowed);
  });
});

describe("rules as applied in the round", () => {
  const { amendments } = ruleAmendments.parse(read("as-published"));

  function verdicts(id: string) {
    const edition = readEdition(id);
    const borrowed = borrowedEditions(edition).map(readEdition);
    const today = compileEdition(edition, { borrowed }).start();
    const atRound = compileEdition(edition, { borrowed, asPublished: amendments }).start();
    for (const line of bert) {
      today.push(line);
      atRound.push(line);
    }
    return { today: today.finish(), atRound: atRound.finish() };
  }

  test("1.1 only warns about missing weight initialization", () => {
    const { today, atRound } = verdicts("training-1.1");
    expect(today.failingKeys).toEqual(expect.arrayContaining(["END", "weights_initialization"]));
    expect(today.failingKeys.filter((key) => !atRound.failingKeys.includes(key))).toEqual([
      "END",
      "weights_initialization",
    ]);
    expect(atRound.warnings.map(({ rule }) => rule)).toEqual(["key-missing", "end-check-failed"]);
    expect([today.asPublished, atRound.asPublished]).toEqual([false, true]);
  });

  test("2.1 does not require opt_lamb_epsilon for bert", () => {
    const { today, atRound } = verdicts("training-2.1");
    expect(today.failingKeys.filter((key) => !atRound.failingKeys.includes(key))).toEqual([
      "opt_lamb_epsilon",
    ]);
  });

  test.each(["training-0.7", "training-2.0", "training-3.1", "hpc-1.0"])(
    "%s produces the same findings as the current rules",
    (id) => {
      const { today, atRound } = verdicts(id);
      expect(atRound.findings).toEqual(today.findings);
    },
  );
});
