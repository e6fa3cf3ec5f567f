import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatJoules,
  formatMinutes,
  formatSignificant,
  formatUsd,
  parseCount,
  parseDurationMs,
  parsePricePerHour,
  parseUsd,
} from "./units.ts";

describe("parseDurationMs", () => {
  test.each([
    ["90s", 90_000],
    ["20m", 1_200_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["2d", 172_800_000],
    ["1h30m", 5_400_000],
    [" 1 h 30 min ", 5_400_000],
    ["1H", 3_600_000],
    ["0s", 0],
    ["1d2h3m4s5ms", 93_784_005],
  ])("reads %s as %d ms", (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each(["", "90", "-5s", "s", "5 parsecs", "30m1h", "1h1h", "1m1min", "1e3s", "1..5h", ".5h"])(
    "refuses %j",
    (text) => {
      expect(parseDurationMs(text)).toBeUndefined();
    },
  );

  test("rejects a property name that every object has", () => {
    expect(parseDurationMs("5constructor")).toBeUndefined();
  });

  test("never throws, and returns only finite, non-negative times", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{1,400}[dhms]{1,2}$/)),
        (text) => {
          const ms = parseDurationMs(text);
          expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
        },
      ),
    );
  });

  test("adds consecutive hours, minutes and seconds", () => {
    const part = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(part, part, part, (hours, minutes, seconds) => {
        const expected = hours * 3_600_000 + minutes * 60_000 + seconds * 1000;
        expect(parseDurationMs(`${hours}h${minutes}m${seconds}s`)).toBe(expected);
      }),
    );
  });
});

describe("parseUsd", () => {
  test.each([
    ["5usd", 5],
    ["$5", 5],
    ["5", 5],
    ["0.5 USD", 0.5],
    [".5", 0.5],
    ["$1,250.50", 1250.5],
    ["0", 0],
  ])("reads %s", (text, usd) => {
    expect(parseUsd(text)).toBe(usd);
  });

  test.each(["", "$", "-5", "5eur", "€5", "1,00", "5.", "1e3", "NaN", "5 5"])(
    "refuses %j",
    (text) => {
      expect(parseUsd(text)).toBeUndefined();
    },
  );
});

describe("parsePricePerHour", () => {
  test.each([
    ["12.29/h", { usdPerHour: 12.29, per: "node" }],
    ["12.29usd/h", { usdPerHour: 12.29, per: "node" }],
    ["$2.49/h/accelerator", { usdPerHour: 2.49, per: "accelerator" }],
    ["12.29/h/node", { usdPerHour: 12.29, per: "node" }],
    ["$ 2.49 / hour / GPU", { usdPerHour: 2.49, per: "accelerator" }],
  ] as const)("reads %s", (text, expected) => {
    expect(parsePricePerHour(text)).toEqual(expected);
  });

  test.each([
    "12.29",
    "/h",
    "12.29/",
    "12.29/d",
    "12.29/h/cluster",
    "0/h",
    "1/h/node/h",
    "-1/h",
    "1/h/toString",
  ])("rejects %j", (text) => {
    expect(parsePricePerHour(text)).toBeUndefined();
  });
});

describe("parseCount", () => {
  test.each([
    ["10k", 10_000],
    ["1.5M", 1_500_000],
    ["2000", 2000],
    ["1.1M", 1_100_000],
    ["2B", 2_000_000_000],
    ["10_000", 10_000],
    ["1,000,000", 1_000_000],
    ["3.0", 3],
  ])("reads %s as %d", (text, count) => {
    expect(parseCount(text)).toBe(count);
  });

  test.each(["", "1.5", "k", "-3", "1.2345k", "1,00", "10kk", "99999T", "0x10"])(
    "refuses %j",
    (text) => {
      expect(parseCount(text)).toBeUndefined();
    },
  );

  test("parses the output of formatCount", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (count) => {
        expect(parseCount(formatCount(count))).toBe(count);
      }),
    );
  });
});

describe("formatDuration", () => {
  test.each([
    [0, "0 s"],
    [3.2, "3.2 ms"],
    [52.4, "52 ms"],
    [840, "0.84 s"],
    [1234, "1.23 s"],
    [9_996, "10.0 s"],
    [12_345, "12.3 s"],
    [59_949, "59.9 s"],
    [59_960, "1 min 00 s"],
    [247_000, "4 min 07 s"],
    [3_599_600, "1 h 00 min"],
    [7_500_000, "2 h 05 min"],
    [86_399_999, "1 d 00 h"],
    [273_600_000, "3 d 04 h"],
    [-247_000, "-4 min 07 s"],
  ])("shows %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test("parses back to the same value within rounding", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e11, noNaN: true }), (ms) => {
        const shown = parseDurationMs(formatDuration(ms).replaceAll(",", "")) ?? Number.NaN;
        expect(Math.abs(shown - ms) / ms).toBeLessThan(0.055);
      }),
    );
  });
});

test.each([
  [formatMinutes(28.414 * 60_000), "28.41 min"],
  [formatMinutes(3072), "0.0512 min"],
  [formatMinutes(0), "0 min"],
  [formatUsd(0.00021), "$0.000210"],
  [formatUsd(12.29), "$12.29"],
  [formatUsd(0.5), "$0.50"],
  [formatUsd(0.12345), "$0.123"],
  [formatUsd(0.9996), "$1.00"],
  [formatUsd(0), "$0.00"],
  [formatUsd(1234.56), "$1,235"],
  [formatUsd(-5), "-$5.00"],
  [formatJoules(840), "840 J"],
  [formatJoules(2500), "2.50 kJ"],
  [formatJoules(6.82e6), "6.82 MJ (1.89 kWh)"],
  [formatJoules(999.7), "1.00 kJ"],
  [formatJoules(0), "0 J"],
  [formatBytes(512), "512 B"],
  [formatBytes(1.5e9), "1.50 GB"],
  [formatBytes(80e9), "80.0 GB"],
  [formatBytes(999_600), "1.00 MB"],
  [formatCount(1_234_567), "1,234,567"],
  [formatCount(-0.2), "0"],
  [formatSignificant(4, 3), "4.00"],
  [formatSignificant(0.000214, 3), "0.000214"],
  [formatSignificant(1234.5, 3), "1235"],
  [formatSignificant(9.996, 3), "10.0"],
  [formatSignificant(-0.05, 2), "-0.050"],
  [formatSignificant(1000, 3), "1000"],
])("writes %s", (written, expected) => {
  expect(written).toBe(expected);
});

describe("formatSignificant", () => {
  test("is within half a unit of the last requested digit, and never uses exponents", () => {
    const value = fc.double({ min: 1e-8, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 6 }), (value, digits) => {
        const text = formatSignificant(value, digits);
        expect(text).toMatch(/^\d+(\.\d+)?$/);
        expect(Math.abs(Number(text) - value) / value).toBeLessThanOrEqual(
          0.51 * 10 ** (1 - digits),
        );
      }),
    );
  });
});

test("never shows a larger amount of money as a smaller one", () => {
  const usd = fc.double({ min: 1e-7, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(usd, usd, (a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      expect(parseUsd(formatUsd(less)) ?? Number.NaN).toBeLessThanOrEqual(
        parseUsd(formatUsd(more)) ?? Number.NaN,
      );
    }),
  );
});
