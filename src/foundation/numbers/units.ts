/**
 * Quantities as people write and read them. Inside the program there is one unit per quantity:
 * milliseconds, bytes, watts, joules, US dollars; text becomes one of them here and nowhere else.
 *
 * Parsers give `undefined` for text they do not understand, so that the caller can report where the
 * text was found and what is accepted.
 */

const durationUnitsMs: Readonly<Record<string, number>> = {
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  minute: 60_000,
  minutes: 60_000,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  ms: 1,
};

/** `90s`, `20m`, `1.5h`, `250ms`, `2d`, `1h30m`, `1 h 30 min`: milliseconds. A bare number has no unit and is refused. */
export function parseDurationMs(text: string): number | undefined {
  const parts = text.trim().toLowerCase();
  if (!/^(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+$/.test(parts)) return undefined;
  let totalMs = 0;
  let lastUnitMs = Number.POSITIVE_INFINITY;
  for (const [, amount = "", unit = ""] of parts.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    const unitMs = Object.hasOwn(durationUnitsMs, unit) ? durationUnitsMs[unit] : undefined;
    if (unitMs === undefined || unitMs >= lastUnitMs) return undefined;
    totalMs += Number(amount) * unitMs;
    lastUnitMs = unitMs;
  }
  return Number.isFinite(totalMs) ? totalMs : undefined;
}

/** `5`, `5usd`, `$5`, `$1,250.50`: US dollars. */
export function parseUsd(text: string): number | undefined {
  const match = /^\$?\s*([\d,]*\.?\d+|[\d,]+)\s*(?:usd)?$/i.exec(text.trim());
  return plainNumber(match?.[1]);
}

/** What a price is for, and how much: the two fields a `Price` needs beside its source. */
export interface PricePerHour {
  usdPerHour: number;
  per: "node" | "accelerator";
}

const priceUnits: Readonly<Record<string, PricePerHour["per"]>> = {
  node: "node",
  machine: "node",
  host: "node",
  accelerator: "accelerator",
  gpu: "accelerator",
  chip: "accelerator",
};

/** `12.29/h`, `12.29usd/h`, `$2.49/h/accelerator`, `12.29/h/node`. Without a unit it is for one node. */
export function parsePricePerHour(text: string): PricePerHour | undefined {
  const [amount = "", hour = "", unit = "node", ...rest] = text
    .split("/")
    .map((part) => part.trim());
  const usdPerHour = parseUsd(amount);
  const per = Object.hasOwn(priceUnits, unit.toLowerCase())
    ? priceUnits[unit.toLowerCase()]
    : undefined;
  if (usdPerHour === undefined || usdPerHour <= 0 || per === undefined) return undefined;
  if (rest.length > 0 || !/^(?:h|hr|hour)$/i.test(hour)) return undefined;
  return { usdPerHour, per };
}

const countPowers: Readonly<Record<string, number>> = { "": 0, k: 3, m: 6, b: 9, g: 9, t: 12 };

/** `2000`, `10k`, `1.5M`, `2B`, `10_000`, `1,000`: a whole number of things. `1.5` things is refused. */
export function parseCount(text: string): number | undefined {
  const match = /^(\d[\d_,]*)(?:\.(\d+))?\s*([kmbgt]?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = "", fraction = "", suffix = ""] = match;
  const ungrouped = ungroup(whole);
  const power = countPowers[suffix.toLowerCase()] ?? 0;
  if (ungrouped === undefined || fraction.replace(/0+$/, "").length > power) return undefined;
  const count = Number(`${ungrouped}.${fraction}e${power}`);
  return Number.isSafeInteger(count) ? count : undefined;
}

function plainNumber(digits: string | undefined): number | undefined {
  const [whole = "", fraction = ""] = digits?.split(".") ?? [];
  const ungrouped = whole === "" && fraction !== "" ? "0" : ungroup(whole);
  if (ungrouped === undefined) return undefined;
  const value = Number(`${ungrouped}.${fraction}`);
  return Number.isFinite(value) ? value : undefined;
}

/** `1,000` and `10_000` are one number, `1,00` is a slip of the hand. */
function ungroup(digits: string): string | undefined {
  if (/^\d+$/.test(digits)) return digits;
  return /^\d{1,3}(?:[,_]\d{3})+$/.test(digits) ? digits.replaceAll(/[,_]/g, "") : undefined;
}

/** For people: `3.2 ms`, `0.84 s`, `12.3 s`, `4 min 07 s`, `2 h 05 min`, `3 d 04 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms === 0) return "0 s";
  if (ms < 99.5) return `${formatSignificant(ms, 2)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return twoParts(seconds, 60, ["min", "s"]);
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1440) return twoParts(minutes, 60, ["h", "min"]);
  return twoParts(Math.round(ms / 3_600_000), 24, ["d", "h"]);
}

function twoParts(count: number, perLarge: number, [large, small]: [string, string]): string {
  const rest = String(count % perLarge).padStart(2, "0");
  return `${formatCount(Math.floor(count / perLarge))} ${large} ${rest} ${small}`;
}

/** As MLPerf states times: `28.41 min`; short ones keep three significant digits, `0.0512 min`. */
export function formatMinutes(ms: number): string {
  const minutes = ms / 60_000;
  return `${Math.abs(minutes) < 0.995 ? formatSignificant(minutes, 3) : minutes.toFixed(2)} min`;
}

/** `$12.29`, `$0.000210`, `$1,235`: cents from one dollar up, three significant digits below, whole dollars from a thousand. */
export function formatUsd(usd: number): string {
  if (!Number.isFinite(usd)) return String(usd);
  if (usd < 0) return `-${formatUsd(-usd)}`;
  if (usd >= 999.995) return `$${formatCount(usd)}`;
  if (usd >= 1 || usd === 0) return `$${usd.toFixed(2)}`;
  const [whole = "", fraction = ""] = formatSignificant(usd, 3).split(".");
  // Less than a cent is no price: its zeros count like those of any figure.
  const digits = usd < 0.01 ? fraction : fraction.replace(/0+$/, "");
  return `$${whole}.${digits.padEnd(2, "0")}`;
}

/** `840 J`, `2.50 kJ`, and from one watt-hour up both: `6.82 MJ (1.89 kWh)`. */
export function formatJoules(joules: number): string {
  const text = withPrefix(joules, "J");
  return Math.abs(joules) < 3600 ? text : `${text} (${withPrefix(joules / 3600, "Wh")})`;
}

/** `512 B`, `1.50 GB`, in powers of ten as drives and accelerators are sold. */
export function formatBytes(bytes: number): string {
  return Math.abs(bytes) < 999.5 ? `${formatCount(bytes)} B` : withPrefix(bytes, "B");
}

const prefixes = ["", "k", "M", "G", "T", "P", "E"] as const;

function withPrefix(value: number, unit: string): string {
  let scaled = value;
  let index = 0;
  // 999.5 would be shown as 1000 of the smaller unit.
  while (Math.abs(scaled) >= 999.5 && index < prefixes.length - 1) {
    scaled /= 1000;
    index++;
  }
  return `${formatSignificant(scaled, 3)} ${prefixes[index] ?? ""}${unit}`;
}

/** `1,234,567`, rounded to a whole number. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return String(count);
  const whole = roundedHalfAway(count);
  if (whole === 0) return "0";
  // Not toLocaleString: its first call loads the locale's tables, some 30 ms.
  const digits = Math.abs(whole) < 1e21 ? whole.toFixed(0) : BigInt(whole).toString();
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

function roundedHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

/**
 * So many significant digits, trailing zeros kept and no exponent between 1e-9 and 1e21: `4.00`,
 * `0.000214`. Digits before the decimal point are never rounded away: 1234.5 at three is `1235`.
 */
export function formatSignificant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-9 || size >= 1e21) return value.toPrecision(digits);
  // Rounding may carry into one more digit before the point: 9.996 at three is 10.0.
  const rounded = Math.abs(Number(value.toPrecision(digits)));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(rounded) + 1e-12));
  return value.toFixed(Math.min(100, decimals));
}
