import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import { runName } from "../../../../src/schema/run/request/run-name.ts";
import { canNotify, showNotice, toggleNotices, wantsNotices } from "../../../notices.ts";
import { noticeOf } from "./notice-of.ts";

/** Turns browser notifications on, and shows those of the run while its page is open; absent where there are none. */
export function NoticeButton({ detail }: { detail: RunDetail }): JSX.Element | null {
  const { events, request, runId } = detail;
  const seen = useRef(events.length);
  useEffect(() => {
    for (const { event } of events.slice(seen.current)) {
      const text = noticeOf(event);
      if (text !== undefined) showNotice(runName(request), text, `${runId} ${event.kind}`);
    }
    seen.current = events.length;
  }, [events.length]);
  if (!canNotify || detail.state.kind !== "running") return null;
  return (
    <button
      type="button"
      aria-pressed={wantsNotices.value}
      title="a notification of the browser at the target, death, silence or NaN, while this page is open"
      onClick={() => void toggleNotices()}
    >
      notify me
    </button>
  );
}
