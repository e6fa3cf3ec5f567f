import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CsvValuesReader } from "./csv-values-reader.ts";

// Training and validation values of Lightning's CSVLogger have rows of their own.
const lightning =
  "epoch,step,train_loss,val_acc\n0,9,2.5,\n0,9,,0.51\n1,19,1.25,\n1,19,,nan\n2,29,,0.93\n";

function read(text: string) {
  const reader = new CsvValuesReader();
  return { reader, values: [...reader.push(Buffer.from(text)), ...reader.finish()] };
}

function valuesOf(text: string, metric: string) {
  return read(text)
    .values.filter((value) => value.metric === metric)
    .map(({ step, value }) => [step, value]);
}

describe("CsvValuesReader", () => {
  test("reads each number with its step, and empty cells as nothing", () => {
    expect(valuesOf(lightning, "val_acc")).toEqual([
      [9, 0.51],
      [19, Number.NaN],
      [29, 0.93],
    ]);
    expect(valuesOf(lightning, "train_loss")).toEqual([
      [9, 2.5],
      [19, 1.25],
    ]);
  });

  test("gives the same values however the bytes arrive", () => {
    const bytes = Buffer.from(lightning);
    const whole = read(lightning).values;
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const reader = new CsvValuesReader();
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        const values = pieces.flatMap((piece) => reader.push(piece));
        expect([...values, ...reader.finish()]).toEqual(whole);
      }),
    );
  });

  test("waits for the end of a line, because a number may be cut", () => {
    const reader = new CsvValuesReader();
    expect(reader.push(Buffer.from("step,acc\n1,0.9"))).toEqual([]);
    expect(reader.push(Buffer.from("5\n"))).toMatchObject([{ value: 1 }, { value: 0.95 }]);
  });

  test("follows a header that changes, and says what changed", () => {
    const text = "step,loss\n1,2.5\nstep,loss,acc\n2,1.5,0.7\nstep,loss,acc\n3,1,0.8\n";
    expect(valuesOf(text, "acc")).toEqual([
      [2, 0.7],
      [3, 0.8],
    ]);
    expect(read(text).reader.headerChanges).toEqual([{ added: ["acc"], removed: [] }]);
  });

  test("does not guess the columns of a row that does not fit its header", () => {
    const { reader, values } = read("step,loss\n1,0.1,2.5\n2,0.2\n");
    expect(values.map(({ value }) => value)).toEqual([2, 0.2]);
    expect(reader.unevenRows).toEqual({ count: 1, cellCount: 3, columnCount: 2 });
  });

  test.each([
    { name: "tabs", text: "step\tacc\n1\t0.5\n" },
    { name: "semicolons", text: "step;acc\n1;0.5\n" },
    { name: "quotes, CRLF and a byte order mark", text: '\uFEFF"step","acc"\r\n"1","0.5"\r\n' },
    { name: "comments", text: '#{"t_start": 1.5, "env": "x"}\nstep,acc\n1,0.5\n# end\n' },
    { name: "a commented header", text: "# step,acc\n1,0.5\n" },
    { name: "no last line end", text: "step,acc\n1,0.5" },
    { name: "notes between rows", text: "step,acc\nbest,model\n1,0.5\n" },
  ])("reads a table with $name", ({ text }) => {
    expect(valuesOf(text, "acc")).toEqual([[1, 0.5]]);
  });

  test("keeps percent signs, units and times since the epoch", () => {
    const { values } = read("step,acc,elapsed,_timestamp\n1,94.1%,812ms,1795875001.5\n");
    expect(values[1]).toMatchObject({ value: 94.1, isPercent: true, timeMs: 1_795_875_001_500 });
    expect(values[2]).toMatchObject({ value: 812, unitMs: 1 });
  });

  test("numbers the columns of a table without a header", () => {
    expect(valuesOf("1,0.5\n2,0.6\n", "column 2").map(([, value]) => value)).toEqual([0.5, 0.6]);
  });
});
