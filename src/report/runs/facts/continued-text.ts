import { formatDuration } from "../../../foundation/numbers/units.ts";
import { continuesText } from "../../../schema/run/request/continued-run.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";

/** The run that a run continues, with the times of the parts; undefined if it continues none. */
export function continuedText(
  request: Pick<RunRequest, "continues">,
  result: Pick<RunResult, "continues"> | undefined,
): string | undefined {
  const text = continuesText(request)?.replace(/^continues /u, "");
  const clockMs = request.continues?.clockMs;
  if (text === undefined || clockMs === undefined) return undefined;
  const earlier = `${text}: ${formatDuration(clockMs)} on the clock before this part`;
  const wallMs = result?.continues?.wallMs;
  if (wallMs === undefined) return earlier;
  return `${earlier}; ${formatDuration(wallMs)} of wall time with the gaps, which are not timed`;
}
