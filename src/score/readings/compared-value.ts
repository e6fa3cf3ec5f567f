import { remembered } from "../../foundation/remembered.ts";
import type { MetricTarget } from "../../schema/run/metric-target.ts";
import type { PrintedValue } from "../../schema/run/observation.ts";

/** A value on the scale of the target. */
export interface ComparedValue {
  value: number;
  /** Whether a percentage was converted: `94.1 %` to 0.941 for a target of 0.94. */
  isFractionOfPercent: boolean;
  /** A value that cannot be on the target's scale, such as 3.41 against an accuracy of 0.76. */
  isOffScale: boolean;
}

/** Metrics that are fractions: at most 1, or at most 100 as a percentage. */
const shareName =
  /(?:^|[_\W])(?:acc(?:uracy)?|top_?[15]|acc@\d|precision|recall|f1|auc|auroc|iou|miou|m?ap(?:50|75)?|dice|exact_match|em|hit_?rate|success_?rate)(?:$|[_\W\d])/iu;
const isShareName = remembered((metric) => shareName.test(metric));
const fullPercent = 100;

/**
 * Converts a printed value to the scale of the target. Percentages are converted. If the metric and the target are
 * fractions, a number above 1 without a percent sign is off the scale.
 */
export function comparedValue(
  target: MetricTarget,
  printed: { value: number; isPercent: boolean },
): ComparedValue {
  const isFractionTarget = target.value > 0 && target.value <= 1;
  if (printed.isPercent && isFractionTarget)
    return { value: printed.value / fullPercent, isFractionOfPercent: true, isOffScale: false };
  const isShare = target.direction === "at-least" && isShareName(target.metric);
  const isOffScale =
    isShare &&
    (isFractionTarget
      ? printed.value > 1
      : target.value <= fullPercent && printed.value > fullPercent);
  return { value: printed.value, isFractionOfPercent: false, isOffScale };
}

/** Whether a printed value counts as an evaluation. Values that may have been misread do not count. */
export type AcceptedValue =
  | { kind: "counts"; value: number; isFractionOfPercent: boolean }
  | { kind: "not-finite" }
  | { kind: "doubtful"; reason: "ambiguous-comma" | "ratio" | "off-scale" };

/** Decides whether a printed value of the target's metric counts, and converts it to the target's scale. */
export function acceptValue(target: MetricTarget, printed: PrintedValue): AcceptedValue {
  if (!Number.isFinite(printed.value)) return { kind: "not-finite" };
  if (printed.doubt !== undefined) return { kind: "doubtful", reason: printed.doubt };
  const { isPercent = false } = printed;
  const { value, isFractionOfPercent, isOffScale } = comparedValue(target, {
    value: printed.value,
    isPercent,
  });
  if (isOffScale) return { kind: "doubtful", reason: "off-scale" };
  return { kind: "counts", value, isFractionOfPercent };
}
