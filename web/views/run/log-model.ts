import { formatCount } from "../../../src/foundation/units.ts";
import type { LogDocument, LogLine } from "../../../src/schema/dashboard/log-page.ts";
import type { LogTail } from "./apply-run-event.ts";

/** What of the log the reader asks for, as the address keeps it; empty texts ask for nothing. */
export interface LogView {
  find: string;
  rank: string;
  /** The first line to be shown. */
  from: string;
}

/** The lines that are drawn at once. */
const pageLines = 500;

/** What the server is asked for a view. */
export function logQuestion({ find, rank, from }: LogView): Record<string, string | number> {
  return {
    from: from === "" ? -pageLines : Math.max(1, Number(from) - 3),
    limit: pageLines,
    ...(find === "" ? {} : { find }),
    ...(rank === "" ? {} : { rank }),
  };
}

/** What is drawn: the tail as it comes where nothing else is asked for, else the page fetched for it. */
export function shownLog(
  tail: LogTail,
  page: LogDocument | undefined,
  view: LogView,
): { lines: readonly LogLine[]; note: string } | undefined {
  const isPlain = view.find === "" && view.rank === "" && view.from === "";
  if (isPlain && tail.lines.length > 0) {
    const lines = tail.lines.slice(-pageLines);
    return { lines, note: noteOf(lines, tail.totalLines) };
  }
  if (page === undefined) return undefined;
  return { lines: page.lines, note: noteOf(page.lines, page.totalLines) };
}

function noteOf(lines: readonly LogLine[], totalLines: number): string {
  if (lines.length === totalLines) return `${formatCount(totalLines)} lines`;
  return `${formatCount(lines.length)} of ${formatCount(totalLines)} lines`;
}
