import { describe, expect, test } from "vitest";
import { readJsonLine } from "./json-line.ts";

const read = (line: object): unknown =>
  readJsonLine(JSON.stringify(line), (text) => text.includes("Error"));

describe("readJsonLine", () => {
  test("reads the lines of a message, and the rank of its speaker", () => {
    expect(read({ rank: 5, level: "error", msg: "Traceback:\nKeyError: 1" })).toEqual({
      rank: 5,
      texts: ["Traceback:", "KeyError: 1"],
    });
    expect(read({ global_rank: 1, message: "OSError: 5" })).toMatchObject({ rank: 1 });
  });

  test("keeps a line of values, and the level of a warning", () => {
    const values = { rank: 0, msg: "step", step: 3, loss: 2 };
    expect(read(values)).toEqual({ rank: 0, texts: [JSON.stringify(values)] });
    expect(read({ severity: "WARNING", msg: "OSError: retry" })).toMatchObject({
      texts: ["WARNING OSError: retry"],
    });
    expect(readJsonLine('{"loss": NaN}', () => true)).toBeUndefined();
  });
});
