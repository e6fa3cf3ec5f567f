import { describe, expect, test } from "vitest";
import { placeLabels } from "./label-places.ts";

const frame = { left: 0, top: 0, right: 400, bottom: 300 };
const at = (text: string, left: number, top: number) => ({ text, left, top });

describe("placeLabels", () => {
  test("to the right of the point, where nothing is in the way", () => {
    const [label] = placeLabels([at("H100", 100, 100)], [{ left: 100, top: 100 }], frame);
    expect(label).toMatchObject({ anchor: "start", top: 100 });
    expect(label?.left).toBeGreaterThan(100);
  });

  test("to the left at the right edge", () => {
    const [label] = placeLabels([at("H100", 390, 100)], [{ left: 390, top: 100 }], frame);
    expect(label).toMatchObject({ anchor: "end" });
  });

  test("never over another point", () => {
    const points = [at("", 100, 100), at("", 120, 100)];
    const [label] = placeLabels([at("H100", 100, 100)], points, frame);
    expect(label?.anchor).toBe("end");
  });

  test("left out where there is no room at all", () => {
    const crowd = Array.from({ length: 400 }, (_, index) => ({
      left: 40 + (index % 20) * 8,
      top: 40 + Math.floor(index / 20) * 8,
    }));
    expect(placeLabels([at("Graphcore", 120, 120)], crowd, frame)).toEqual([]);
  });

  test("two labels never lie over each other", () => {
    const wanted = [at("GB200", 100, 100), at("GB300", 104, 101)];
    const [a, b] = placeLabels(wanted, wanted, frame);
    expect(a).toBeDefined();
    const overlaps = b !== undefined && a?.anchor === b.anchor && Math.abs(a.top - b.top) < 10;
    expect(overlaps).toBe(false);
  });
});
