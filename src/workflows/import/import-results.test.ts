import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unpackSubmission } from "../../../tests/support/unpack-submission.ts";
import { importResults } from "./import-results.ts";

describe("importResults", () => {
  test("reads each log once for both scores and curves", async () => {
    const folder = unpackSubmission("lenovo-bert-v5.0");
    const request = {
      sources: [folder],
      into: join(folder, "out"),
      isFromRepository: false,
      importedBy: "pitwall test",
    };
    let expected = 0;
    let read = 0;
    for await (const event of importResults(request, new AbortController().signal)) {
      if (event.kind === "found") expected = event.logCount;
      if (event.kind === "logs-read") read += event.logCount;
    }
    expect(expected).toBe(10);
    expect(read).toBe(expected);
  });
});
