import type { Finding } from "../../../schema/run/findings/finding.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";

/** Findings about metrics that no line has matched, without those of targets that MLLOG lines gave values. */
export function withoutEvaluated(
  findings: readonly Finding[],
  { standings }: Pick<TrackedRun, "standings">,
): Finding[] {
  const evaluated = new Set(
    standings
      .filter(({ evaluationCount }) => evaluationCount > 0)
      .map(({ target }) => target.metric),
  );
  return findings.filter((finding) => {
    const metric = "metric" in finding ? finding.metric : undefined;
    return metric === undefined || !evaluated.has(metric);
  });
}
