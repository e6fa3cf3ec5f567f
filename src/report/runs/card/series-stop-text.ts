import { visibleControls } from "../../../foundation/text/visible-controls.ts";
import { formatDuration } from "../../../foundation/numbers/units.ts";
import type { SeriesStop } from "../../../schema/run/request/series-stop.ts";

/** Why a series stopped before all requested runs were started. */
export function seriesStopText(stop: SeriesStop, requestedCount: number): string {
  const stopped = `stopped after ${stop.diedCount} of ${requestedCount} runs died`;
  switch (stop.kind) {
    case "same-error":
      return `${stopped} with the same error: ${errorText(stop)}`;
    case "died-at-once":
      return `${stopped} within ${formatDuration(stop.longestMs)}, the last with ${errorText(stop)}`;
  }
}

function errorText({ exitCode, signal, lastLine }: SeriesStop): string {
  const end = signal ?? `exit code ${exitCode ?? "unknown"}`;
  return lastLine === undefined ? `${end}, no output` : `${end}, \`${visibleControls(lastLine)}\``;
}
