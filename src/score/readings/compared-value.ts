import { remembered } from "../../foundation/collections/remembered.ts";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";
import type { PrintedValue } from "../../schema/run/events/observation.ts";

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
  /(?:^|[_\W])(?:acc(?:uracy)?|top_?[15]|acc@\d|correct|precision|recall|f1|auc|auroc|iou|miou|m?ap(?:50|75)?|dice|exact_match|em|hit_?rate|success_?rate)(?:$|[_\W\d])/iu;
const isShareName = remembered((metric) => shareName.test(metric));
const fullPercent = 100;
/** A smaller total is more likely a counter: `3/5`. */
const minimumTotal = 10;

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
  | { kind: "doubtful"; reason: "ambiguous-comma" | "several-names" | "ratio" | "off-scale" };

/** Decides whether a printed value of the target's metric counts, and converts it to the target's scale. */
export function acceptValue(target: MetricTarget, printed: PrintedValue): AcceptedValue {
  if (!Number.isFinite(printed.value)) return { kind: "not-finite" };
  if (printed.doubt !== undefined) return { kind: "doubtful", reason: printed.doubt };
  const plain = printed.outOf === undefined ? printed.value : valueOfRatio(target, printed);
  if (plain === undefined) return { kind: "doubtful", reason: "ratio" };
  const { isPercent = false } = printed;
  const { value, isFractionOfPercent, isOffScale } = comparedValue(target, {
    value: plain,
    isPercent,
  });
  if (isOffScale) return { kind: "doubtful", reason: "off-scale" };
  return { kind: "counts", value, isFractionOfPercent };
}

/**
 * The value of a count out of a total, such as `Accuracy: 9911/10000`, on the target's scale; undefined for two
 * numbers that are not counts, such as `76.3/93.1` for two metrics.
 */
function valueOfRatio(
  target: MetricTarget,
  { value, outOf = 0 }: Pick<PrintedValue, "value" | "outOf">,
): number | undefined {
  const areCounts = Number.isInteger(value) && Number.isInteger(outOf) && value >= 0;
  if (!areCounts || outOf < Math.max(value, minimumTotal)) return undefined;
  if (Math.abs(target.value) <= 1) return value / outOf;
  return shareName.test(target.metric) && target.value <= fullPercent
    ? (fullPercent * value) / outOf
    : value;
}

/** Error rates: at most 1, or at most 100 as a percentage. */
const errorName =
  /(?:^|[_\W])(?:err(?:or)?(?:_?rate)?|wer|cer|per|eer|ter|mer|fpr|fnr|top_?[15]_?err(?:or)?)(?:$|[_\W\d])/iu;

/** Whether all values of a metric seem to be on another scale than its target: fractions, or percentages. */
export function scaleOfValues(
  { metric, direction, value: target }: MetricTarget,
  { lowest, highest }: { lowest: number; highest: number },
): "fraction" | "percent" | undefined {
  if (target <= 0 || target > fullPercent || lowest < 0) return undefined;
  const name = direction === "at-least" ? shareName : errorName;
  if (!name.test(metric)) return undefined;
  if (target > 1 && highest <= 1 && highest > 0) return "fraction";
  return target < 1 && lowest > 1 && direction === "at-most" ? "percent" : undefined;
}

/** A value that was an evaluation during the run is one in its record too, even if values are now read otherwise. */
export function acceptRecorded(
  accepted: AcceptedValue,
  recordedValue: number | undefined,
): AcceptedValue {
  if (recordedValue === undefined) return accepted;
  const isFractionOfPercent = accepted.kind === "counts" && accepted.isFractionOfPercent;
  return { kind: "counts", value: recordedValue, isFractionOfPercent };
}
