import { formatCount } from "../../../../src/foundation/numbers/units.ts";
import { countOf } from "../../../../src/report/wording.ts";
import type { LogDocument, LogLine } from "../../../../src/schema/dashboard/log-page.ts";
import type { LogTail } from "../stream/apply-run-event.ts";

/** The view of the log, which is stored in the address; empty strings are not set. */
export interface LogView {
  find: string;
  rank: string;
  /** The line to show first. */
  from: string;
  /** `error` or `warning`: only lines of this level. */
  level: string;
  hidesMllog: boolean;
}

/** Number of rendered lines. */
const pageLines = 500;

/** The query parameters of a view. */
export function logParameters({
  find,
  rank,
  from,
  level,
  hidesMllog,
}: LogView): Record<string, string | number> {
  const isFiltered = find !== "" || rank !== "" || level !== "" || hidesMllog;
  // A filter searches the whole log, because its matches can be anywhere.
  const first = isFiltered ? 1 : -pageLines;
  return {
    from: from === "" ? first : Math.max(1, Number(from) - 3),
    limit: pageLines,
    ...(find === "" ? {} : { find }),
    ...(rank === "" ? {} : { rank }),
    ...(level === "" ? {} : { level }),
    ...(hidesMllog ? { mllog: "hide" } : {}),
  };
}

/** The shown lines: by default the live end of the log, otherwise the fetched page. */
export function shownLog(
  tail: LogTail,
  page: LogDocument | undefined,
  view: LogView,
): { lines: readonly LogLine[]; note: string } | undefined {
  const { find, rank, from, level, hidesMllog } = view;
  const isDefault = find === "" && rank === "" && from === "" && level === "" && !hidesMllog;
  if (isDefault && tail.lines.length > 0) {
    const lines = tail.lines.slice(-pageLines);
    return { lines, note: noteOf(lines, tail.totalLines) };
  }
  if (page === undefined) return undefined;
  return { lines: page.lines, note: noteOf(page.lines, page.totalLines) };
}

function noteOf(lines: readonly LogLine[], totalLines: number): string {
  if (lines.length === totalLines) return countOf(totalLines, "line");
  return `${formatCount(lines.length)} of ${formatCount(totalLines)} lines`;
}
