import { describe, expect, test } from "vitest";
import { resultOf } from "../../../tests/support/result-rows.ts";
import { findRow } from "./find-row.ts";

const rows = [
  resultOf({ round: "v5.0", submitter: "Dell", system: "XE9680", benchmark: "bert" }),
  resultOf({ round: "v5.0", submitter: "Dell", system: "XE9680x8", benchmark: "bert" }),
  resultOf({ round: "v4.1", submitter: "Dell", system: "XE9680x8", benchmark: "bert" }),
  resultOf({ round: "v4.1", submitter: "Dell", system: "XE9680x8", benchmark: "rgat" }),
];
const found = (text: string): string => {
  const search = findRow(rows, text);
  switch (search.kind) {
    case "found":
      return search.row.rowId.replace("mlperf-training/", "");
    case "ambiguous":
      return `${search.rows.length} rows`;
    case "unknown":
      return `unknown, nearest ${search.nearest ?? "none"}`;
  }
};

describe("findRow", () => {
  test.each([
    { text: "mlperf-training/v5.0/Dell/XE9680/bert", is: "v5.0/Dell/XE9680/bert" },
    { text: "v5.0/Dell/XE9680x8/bert", is: "v5.0/Dell/XE9680x8/bert" },
    { text: "v5.0/dell/xe9680/bert", is: "v5.0/Dell/XE9680/bert" },
    { text: "XE9680/bert", is: "v5.0/Dell/XE9680/bert" },
    { text: "v5.0/…/XE9680x8/*", is: "v5.0/Dell/XE9680x8/bert" },
    { text: "v4.1 rgat", is: "v4.1/Dell/XE9680x8/rgat" },
    { text: "v5.0 9680x8", is: "v5.0/Dell/XE9680x8/bert" },
    { text: "bert", is: "3 rows" },
    { text: "Dell/XE9680x8/brt", is: "unknown, nearest mlperf-training/v4.1/Dell/XE9680x8/bert" },
    {
      text: "v5.0/Dell/XF9680x*/bert",
      is: "unknown, nearest mlperf-training/v5.0/Dell/XE9680x8/bert",
    },
    { text: "v5.0/*/something-else*/bert", is: "unknown, nearest none" },
    { text: " ", is: "unknown, nearest none" },
  ])("resolves $text to $is", ({ text, is }) => {
    expect(found(text)).toBe(is);
  });
});
