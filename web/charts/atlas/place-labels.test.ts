import { describe, expect, test } from "vitest";
import { placeLabels } from "./place-labels.ts";

const frame = { left: 0, top: 0, right: 400, bottom: 300 };
const at = (text: string, left: number, top: number) => ({ text, left, top });

describe("placeLabels", () => {
  test("is to the right of the point if there is space", () => {
    const [label] = placeLabels([at("H100", 100, 100)], [{ left: 100, top: 100 }], frame);
    expect(label).toMatchObject({ anchor: "start", top: 100 });
    expect(label?.left).toBeGreaterThan(100);
  });

  test("is to the left of the point at the right edge", () => {
    const [label] = placeLabels([at("H100", 390, 100)], [{ left: 390, top: 100 }], frame);
    expect(label).toMatchObject({ anchor: "end" });
  });

  test("does not overlap another point", () => {
    const points = [at("", 100, 100), at("", 120, 100)];
    const [label] = placeLabels([at("H100", 100, 100)], points, frame);
    expect(label?.anchor).toBe("end");
  });

  test("is omitted if there is no space", () => {
    const crowd = Array.from({ length: 400 }, (_, index) => ({
      left: 40 + (index % 20) * 8,
      top: 40 + Math.floor(index / 20) * 8,
    }));
    expect(placeLabels([at("Graphcore", 120, 120)], crowd, frame)).toEqual([]);
  });

  test("two labels do not overlap", () => {
    const requests = [at("GB200", 100, 100), at("GB300", 104, 101)];
    const [a, b] = placeLabels(requests, requests, frame);
    expect(a).toBeDefined();
    const overlaps = b !== undefined && a?.anchor === b.anchor && Math.abs(a.top - b.top) < 10;
    expect(overlaps).toBe(false);
  });
});
