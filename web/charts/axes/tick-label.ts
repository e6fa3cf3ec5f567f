import { formatCount } from "../../../src/foundation/numbers/units.ts";

/** Formats a tick of a logarithmic axis: `0.05`, `20`, `1,024`, `200k`. */
export function tickLabel(tick: number): string {
  if (tick >= 1e6) return `${Number((tick / 1e6).toPrecision(3))}M`;
  if (tick >= 1e5) return `${Number((tick / 1e3).toPrecision(3))}k`;
  return tick >= 1000 ? formatCount(tick) : String(Number(tick.toPrecision(3)));
}
