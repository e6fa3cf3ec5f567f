import { expect, test } from "vitest";
import type { NumberSuffix } from "../numbers/read-number.ts";
import { ValueUnits } from "./value-units.ts";

const second: NumberSuffix = { kind: "time", unitMs: 1000 };
const millisecond: NumberSuffix = { kind: "time", unitMs: 1 };

function inFirstUnit(...printed: readonly [number, NumberSuffix | undefined][]): number[] {
  const units = new ValueUnits();
  return printed.map(([value, suffix]) => units.inFirstUnit("m", value, suffix));
}

const unit = (text: string): NumberSuffix => ({ kind: "unit", text });

test("values of a metric are in the unit of its first one", () => {
  expect(inFirstUnit([1.2, second], [980, millisecond])).toEqual([1.2, 0.98]);
  expect(inFirstUnit([980, millisecond], [1.2, second])).toEqual([980, 1200]);
  expect(inFirstUnit([1.5, unit("GiB")], [768, unit("MiB")])).toEqual([1.5, 0.75]);
  expect(inFirstUnit([2, unit("GB/s")], [500, unit("MB/s")])).toEqual([2, 0.5]);
});

test("values without a unit, or of another quantity, stay as printed", () => {
  expect(inFirstUnit([1.2, second], [0.9, undefined])).toEqual([1.2, 0.9]);
  expect(inFirstUnit([0.9, undefined], [980, millisecond])).toEqual([0.9, 980]);
  expect(inFirstUnit([2, unit("GB/s")], [500, unit("MB")])).toEqual([2, 500]);
  expect(inFirstUnit([2, unit("it/s")], [3, unit("it/s")])).toEqual([2, 3]);
});
