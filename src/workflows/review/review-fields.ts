import type { InferredLayout } from "../../planner/review/infer-layout.ts";
import { settledLayout } from "../../planner/review/settled-layout.ts";
import type { StatedField } from "../../schema/plan/finished-training.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import type { ReviewedField } from "../../schema/plan/training-review.ts";
import type { StatedLayout } from "./known-layout.ts";

const shownFields = [
  "globalBatch",
  "tp",
  "pp",
  "cp",
  "ep",
  "vp",
  "microBatch",
  "accumulation",
  "precision",
  "recompute",
  "framework",
] as const satisfies readonly StatedField[];
type ShownField = (typeof shownFields)[number];

interface FieldsQuestion {
  stated: StatedLayout;
  inferred: InferredLayout | undefined;
  globalBatch: number | undefined;
}

/** The values of the layout, with where each is from. */
export function reviewFields({ stated, inferred, globalBatch }: FieldsQuestion): ReviewedField[] {
  const settled =
    inferred === undefined ? undefined : settledLayout(inferred.layout, inferred.prediction);
  const fields: ReviewedField[] = [];
  for (const field of shownFields) {
    const given = stated[field];
    const isIgnored = inferred?.ignored.some((one) => one === field) === true;
    if (given !== undefined && !isIgnored) fields.push({ field, ...given });
    else if (field === "globalBatch" && globalBatch !== undefined)
      fields.push({ field, value: String(globalBatch), origin: "inferred" });
    else if (inferred !== undefined && settled !== undefined)
      fields.push(...inferredField(field, { inferred, settled }));
  }
  return fields;
}

function inferredField(
  field: ShownField,
  { inferred, settled }: { inferred: InferredLayout; settled: TrainingLayout },
): ReviewedField[] {
  if (field === "globalBatch" || field === "accumulation") return [];
  const value = settled[field];
  if (value === undefined || (field === "ep" && value === 1)) return [];
  const isSearched = inferred.layout[field] !== undefined && field !== "framework";
  if (!isSearched) return [{ field, value: String(value), origin: "assumed" }];
  const others = inferred.alternatives.map((layout) => String(layout[field] ?? 1));
  const otherValues = [...new Set(others)].filter((one) => one !== String(value));
  return [{ field, value: String(value), origin: "inferred", otherValues }];
}
