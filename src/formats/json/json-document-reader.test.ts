import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonDocumentReader } from "./json-document-reader.ts";

const trainerState = `{
  "best_metric": 0.9, "epoch": 2.0, "global_step": 20, "is_world_process_zero": true,
  "log_history": [
    { "epoch": 1.0, "loss": 2.5, "learning_rate": 5e-05, "step": 10 },
    { "epoch": 1.0, "eval_loss": NaN, "eval_accuracy": 0.7, "step": 10 },
    { "epoch": 2.0, "loss": -Infinity, "note": "NaN {", "step": 20 },
    { "epoch": 2.0, "eval_loss": 1.25, "eval_accuracy": 0.9, "step": 20 }
  ],
  "stateful_callbacks": { "TrainerControl": { "args": { "should_save": true } } }
}`;

function read(text: string) {
  const reader = new JsonDocumentReader();
  return { values: [...reader.push(Buffer.from(text)), ...reader.finish()], end: reader.end() };
}

function valuesOf(text: string, metric: string) {
  return read(text)
    .values.filter((value) => value.metric === metric)
    .map(({ step, value }) => [step, value]);
}

describe("JsonDocumentReader", () => {
  test("reads the history of a trainer state, with Python's bare NaN and Infinity", () => {
    expect(valuesOf(trainerState, "eval_accuracy")).toEqual([
      [10, 0.7],
      [20, 0.9],
    ]);
    expect(valuesOf(trainerState, "eval_loss")[0]).toEqual([10, Number.NaN]);
    expect(valuesOf(trainerState, "loss")[1]).toEqual([20, Number.NEGATIVE_INFINITY]);
    expect(valuesOf(trainerState, "best_metric")).toEqual([]);
  });

  test("reads nothing from a document that is cut off anywhere", () => {
    fc.assert(
      fc.property(fc.nat(trainerState.length - 1), (length) => {
        const { values, end } = read(trainerState.slice(0, length));
        expect(values).toEqual([]);
        expect(end).toEqual({ kind: "partial", byteCount: length });
      }),
    );
  });

  test.each([
    { name: "a list of objects", text: '[{"step": 1, "acc": 0.5}, {"step": 2, "acc": 0.6}]' },
    { name: "the newest row first", text: '[{"step": 2, "acc": 0.6}, {"step": 1, "acc": 0.5}]' },
    { name: "an object of lists", text: '{"step": [1, 2], "acc": [0.5, 0.6], "model": "x"}' },
  ])("reads $name in the order of its steps", ({ text }) => {
    expect(valuesOf(text, "acc")).toEqual([
      [1, 0.5],
      [2, 0.6],
    ]);
  });

  test("reads any other object as one row, with nested names", () => {
    const text = '{"epoch": 3, "val": {"acc": "0.95", "tags": ["a"]}}';
    expect(valuesOf(text, "val.acc")).toEqual([[3, 0.95]]);
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(read(text).end).toEqual({ kind: "complete" });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(["complete", "partial"]).toContain(read(text).end.kind);
      }),
    );
  });
});
