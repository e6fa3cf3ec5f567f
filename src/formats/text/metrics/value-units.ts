import type { NumberSuffix } from "../numbers/read-number.ts";

interface Unit {
  /** `bytes/s` is another quantity than `bytes`. */
  quantity: string;
  /** Milliseconds or bytes. */
  scale: number;
}

/**
 * Keeps the values of each metric in the unit of its first one, because programs print `1.2s` and then `980ms`: a target is compared with all
 * of them.
 */
export class ValueUnits {
  readonly #firstOf = new Map<string, Unit>();

  /** A printed number in the unit of the metric's first value; unchanged if its unit is not known or is of another quantity. */
  inFirstUnit(metric: string, value: number, suffix: NumberSuffix | undefined): number {
    const unit = suffix === undefined ? undefined : unitOf(suffix);
    if (unit === undefined) return value;
    const first = this.#firstOf.get(metric);
    if (first === undefined) this.#firstOf.set(metric, unit);
    if (first === undefined || first.quantity !== unit.quantity) return value;
    return first.scale === unit.scale ? value : (value * unit.scale) / first.scale;
  }
}

function unitOf(suffix: NumberSuffix): Unit | undefined {
  if (suffix.kind === "time") return { quantity: "time", scale: suffix.unitMs };
  if (suffix.kind !== "unit") return undefined;
  const [, prefix, binary, rate = ""] = bytes.exec(suffix.text) ?? [];
  if (prefix === undefined) return undefined;
  const power = " KMGTP".indexOf(prefix.toUpperCase() || " ");
  return { quantity: `bytes${rate}`, scale: (binary === "i" ? 1024 : 1000) ** power };
}

const bytes = /^([kKMGTP]?)(i?)B(\/s)?$/u;
