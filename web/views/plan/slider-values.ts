import { formatCount, formatDuration, formatUsd } from "../../../src/foundation/numbers/units.ts";
import { parseCount, parseDurationMs, parseUsd } from "../../../src/foundation/numbers/units.ts";

/** Positions of a slider: the first for the smallest value, the last for no limit where there is one. */
export const sliderSteps = 400;

/** A quantity that a slider sets: its text in the address, and what people read. */
export interface SliderQuantity {
  /** Undefined for a text that is not such a quantity. */
  read(text: string): number | undefined;
  /** As the command line takes it. */
  write(value: number): string;
  show(value: number): string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Three significant digits. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export const dollars: SliderQuantity = {
  read: parseUsd,
  write: (usd) => `${rounded(usd)}usd`,
  show: (usd) => formatUsd(Number(rounded(usd))),
};

export const durations: SliderQuantity = {
  read: parseDurationMs,
  write: (ms) => {
    if (ms < 90_000) return `${rounded(ms / 1000)}s`;
    if (ms < 3 * hourMs) return `${rounded(ms / minuteMs)}m`;
    return ms < 96 * hourMs ? `${rounded(ms / hourMs)}h` : `${rounded(ms / (24 * hourMs))}d`;
  },
  show: (ms) => formatDuration(parseDurationMs(durations.write(ms)) ?? ms),
};

export const energies: SliderQuantity = {
  read: (text) => {
    const match = /^(?<amount>\d+(?:\.\d+)?)\s*(?<unit>k|M|G)?Wh$/iu.exec(text.trim());
    const units: Readonly<Record<string, number>> = { "": 0.001, k: 1, m: 1000, g: 1e6 };
    const unit = units[(match?.groups?.["unit"] ?? "").toLowerCase()] ?? Number.NaN;
    const kwh = Number(match?.groups?.["amount"] ?? Number.NaN) * unit;
    return kwh > 0 ? kwh : undefined;
  },
  write: (kwh) => (kwh < 10_000 ? `${rounded(kwh)}kWh` : `${rounded(kwh / 1000)}MWh`),
  show: (kwh) => (kwh < 10_000 ? `${rounded(kwh)} kWh` : `${rounded(kwh / 1000)} MWh`),
};

export const tokenCounts: SliderQuantity = {
  read: parseCount,
  write: (count) => {
    for (const [size, letter] of [
      [1e12, "T"],
      [1e9, "B"],
      [1e6, "M"],
    ] as const)
      if (count >= size) return `${rounded(count / size)}${letter}`;
    return rounded(count);
  },
  show: (count) => tokenCounts.write(count).replace(/(?=[TBM]$)/u, " "),
};

export const losses: SliderQuantity = {
  read: (text) => {
    const loss = Number(text);
    return loss > 0 ? loss : undefined;
  },
  write: (loss) => loss.toFixed(2),
  show: (loss) => loss.toFixed(2),
};

export const counts: SliderQuantity = {
  read: (text) => (/^[1-9]\d*$/u.test(text) ? Number(text) : undefined),
  write: (count) => String(2 ** Math.round(Math.log2(count))),
  show: formatCount,
};

/** A range of a logarithmic slider. */
export interface SliderRange {
  from: number;
  to: number;
}

export function positionOf(value: number, { from, to }: SliderRange): number {
  const share = Math.log(value / from) / Math.log(to / from);
  return Math.round(sliderSteps * Math.min(1, Math.max(0, share)));
}

export function valueAt(position: number, { from, to }: SliderRange): number {
  return from * (to / from) ** (position / sliderSteps);
}
