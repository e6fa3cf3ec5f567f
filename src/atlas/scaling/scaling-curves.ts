import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ScalingReport, ScalingStudy } from "../../schema/atlas/answers/scaling-study.ts";
import type { UsableRow } from "./fit-scaling.ts";
import { isUsable, studyScaling } from "./study-scaling.ts";

export type ScalingCurves =
  | { kind: "curves"; report: ScalingReport }
  | { kind: "too-few-sizes"; singleSizes: ScalingReport["singleSizes"]; weakCount: number };

/**
 * One curve for each accelerator and submitter family: other hardware or software would look like scaling. The curve with the
 * most sizes comes first.
 *
 * @param rows of one benchmark and compatibility group; rows without a score or accelerators are ignored
 */
export function scalingCurves(rows: readonly ResultRow[]): ScalingCurves {
  const studies: ScalingStudy[] = [];
  const singleSizes: ScalingReport["singleSizes"][number][] = [];
  for (const { accelerator, submitter, members } of groupRows(rows.filter(isUsable))) {
    const outcome = studyScaling(members);
    if (outcome.kind === "studied") studies.push(outcome.study);
    else
      for (const acceleratorCount of outcome.sizes)
        singleSizes.push({ accelerator, submitter, acceleratorCount });
  }
  const weakCount = rows.filter(({ scaling }) => scaling === "weak").length;
  const [main, ...otherCurves] = studies.toSorted(
    (a, b) => b.points.length - a.points.length || largestSize(b) - largestSize(a),
  );
  if (main === undefined) return { kind: "too-few-sizes", singleSizes, weakCount };
  return { kind: "curves", report: { ...main, otherCurves, singleSizes, weakCount } };
}

function largestSize({ points }: ScalingStudy): number {
  return points.at(-1)?.acceleratorCount ?? 0;
}

interface CurveRows {
  accelerator: string;
  submitter: string;
  members: UsableRow[];
}

function groupRows(rows: readonly UsableRow[]): Iterable<CurveRows> {
  const familyOf = submitterFamilies(rows);
  const groups = new Map<string, CurveRows>();
  for (const row of rows) {
    const accelerator = row.accelerator ?? row.acceleratorAsPublished ?? "?";
    const submitter = familyOf(row.submitter);
    const key = JSON.stringify([accelerator, submitter]);
    const group = groups.get(key) ?? { accelerator, submitter, members: [] };
    group.members.push(row);
    groups.set(key, group);
  }
  return groups.values();
}

/** A joint submission (`Azure+NVIDIA`) belongs to the partner with the most results of its own. */
function submitterFamilies(rows: readonly ResultRow[]): (submitter: string) => string {
  const counts = new Map<string, number>();
  for (const { submitter } of rows) counts.set(submitter, (counts.get(submitter) ?? 0) + 1);
  const ownCount = (name: string): number => counts.get(name) ?? 0;
  return (submitter) => {
    const [most] = submitter.split("+").toSorted((a, b) => ownCount(b) - ownCount(a));
    return most !== undefined && ownCount(most) > 0 ? most : submitter;
  };
}
