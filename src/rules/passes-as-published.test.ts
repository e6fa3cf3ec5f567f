import { describe, expect, test } from "vitest";
import type { LogFinding } from "../schema/logs/log-verdict.ts";
import type { RuleAmendment } from "../schema/logs/rule-edition.ts";
import { passesAsPublished } from "./passes-as-published.ts";

const amendments: RuleAmendment[] = [
  {
    kind: "drop-key",
    edition: "training-2.1",
    file: "closed_bert",
    key: "opt_lamb_epsilon",
    why: "added later",
  },
  {
    kind: "warn-if-missing",
    edition: "training-1.1",
    key: "weights_initialization",
    why: "was optional",
  },
  { kind: "warn-at-end", edition: "training-1.1", why: "was optional" },
];

function missing(key: string, file = "closed_bert"): LogFinding {
  return { rule: "key-missing", file, key, need: 1, count: 0 };
}

const badLine: LogFinding = {
  rule: "check-failed",
  file: "closed_bert",
  key: "weights_initialization",
  expected: "present(metadata.tensor)",
  seen: {},
};
const badEnd: LogFinding = {
  rule: "end-check-failed",
  file: "closed_bert",
  expected: "",
  seen: {},
};

describe("passesAsPublished", () => {
  test.each([
    {
      name: "a key that was required later",
      edition: "training-2.1",
      findings: [missing("opt_lamb_epsilon")],
      passes: true,
    },
    {
      name: "that key in another round",
      edition: "training-3.0",
      findings: [missing("opt_lamb_epsilon")],
      passes: false,
    },
    {
      name: "that key in another rule file",
      edition: "training-2.1",
      findings: [missing("opt_lamb_epsilon", "closed_ssd")],
      passes: false,
    },
    {
      name: "another finding as well",
      edition: "training-2.1",
      findings: [missing("opt_lamb_epsilon"), missing("run_stop")],
      passes: false,
    },
    {
      name: "a key and an end check that only warned",
      edition: "training-1.1",
      findings: [missing("weights_initialization"), badEnd],
      passes: true,
    },
    {
      name: "a line of that key that also failed then",
      edition: "training-1.1",
      findings: [badLine, badEnd],
      passes: false,
    },
    { name: "no finding", edition: "training-1.1", findings: [], passes: false },
  ])("$name: $passes", ({ edition, findings, passes }) => {
    expect(passesAsPublished({ edition, findings }, amendments)).toBe(passes);
  });
});
