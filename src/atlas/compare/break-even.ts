import type { BreakEven } from "../../schema/atlas/answers/comparison.ts";
import type { MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import { valueOf } from "../rows/measures.ts";

const msPerHour = 3_600_000;

/**
 * The prices of an accelerator-hour at which two results cost the same. Undefined if both have the same accelerator, whose
 * price does not decide, or if an accelerator or a number of accelerators is unknown.
 */
export function breakEvenOf(from: MeasuredRow, to: MeasuredRow): BreakEven | undefined {
  const [fromMs, toMs] = [valueOf(from.figures, "chip"), valueOf(to.figures, "chip")];
  const [fromKind, toKind] = [from.row.accelerator, to.row.accelerator];
  if (fromKind === undefined || toKind === undefined || fromKind === toKind) return undefined;
  if (fromMs === undefined || toMs === undefined || fromMs === 0 || toMs === 0) return undefined;
  const known = costOf(from, "from") ?? costOf(to, "to");
  return {
    fromAccelerator: fromKind,
    toAccelerator: toKind,
    priceRatio: fromMs / toMs,
    ...(known === undefined
      ? {}
      : {
          equalPrices: {
            pricedSide: known.side,
            fromUsdPerHour: (known.usd / fromMs) * msPerHour,
            toUsdPerHour: (known.usd / toMs) * msPerHour,
          },
        }),
  };
}

function costOf({ figures }: MeasuredRow, side: "from" | "to") {
  const usd = valueOf(figures, "dollar");
  return usd === undefined ? undefined : { usd, side };
}
