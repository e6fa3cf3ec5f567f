import fc from "fast-check";
import { expect, test } from "vitest";
import { exposedTime, smoothMaximum } from "./smooth-maximum.ts";

const time = fc.double({ min: 0, max: 1e4, noNaN: true });

test("a smooth maximum is at least the maximum, and more by half of its width at most", () => {
  fc.assert(
    fc.property(time, time, time, (a, b, width) => {
      const smooth = smoothMaximum(a, b, width);
      expect(smooth).toBeGreaterThanOrEqual(Math.max(a, b) - 1e-9);
      expect(smooth).toBeLessThanOrEqual(Math.max(a, b) + width / 2 + 1e-9);
    }),
  );
});

test("communication is exposed more if it takes longer, and less if more covers it", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(time, time, time, share, (comm, more, cover, always) => {
      expect(exposedTime(comm + more, always, cover)).toBeGreaterThanOrEqual(
        exposedTime(comm, always, cover) - 1e-9,
      );
      expect(exposedTime(comm, always, cover + more)).toBeLessThanOrEqual(
        exposedTime(comm, always, cover) + 1e-9,
      );
      expect(exposedTime(comm, always, cover)).toBeGreaterThanOrEqual(always * comm - 1e-9);
    }),
  );
});
