import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatBytes } from "../../../../src/foundation/numbers/units.ts";
import {
  logLevels,
  type LogDocument,
  type LogLine,
} from "../../../../src/schema/dashboard/log-page.ts";
import type { ApiError } from "../../../api.ts";
import { fetchLog, logBytesAddress } from "../../../requests/run.ts";
import { Panel, type PanelState } from "../../../components/panel.tsx";
import { asFailure } from "../../../live/follow.ts";
import { storeInAddress, place } from "../../../router.ts";
import type { LogTail } from "../stream/apply-run-event.ts";
import { logParameters, shownLog, type LogView } from "./log-model.ts";

/** The live end of the log, or the part that the user selects. */
export function LogPanel({ runId, tail }: { runId: string; tail: LogTail }): JSX.Element {
  const { query } = place.value;
  const view: LogView = {
    find: query["find"] ?? "",
    rank: query["logRank"] ?? "",
    from: query["line"] ?? "",
    level: logLevels.find((level) => level === query["level"]) ?? "",
    hidesMllog: query["mllog"] === "hide",
  };
  const { page, failure } = useLogPage(runId, view, tail.totalLines);
  const shown = shownLog(tail, page, view);
  const firstError = tail.firstErrorLine ?? page?.firstErrorLine;
  return (
    <Panel
      title="Log"
      id="log"
      state={stateOf(shown, failure)}
      note={shown?.note}
      tools={<Tools runId={runId} view={view} firstError={firstError} ranks={page?.ranks ?? []} />}
    >
      <LogLines
        runId={runId}
        lines={shown?.lines ?? []}
        marked={Number(view.from)}
        followsEnd={view.from === ""}
      />
    </Panel>
  );
}

function Tools({
  runId,
  view,
  firstError,
  ranks,
}: {
  runId: string;
  view: LogView;
  firstError: number | undefined;
  ranks: readonly number[];
}): JSX.Element {
  return (
    <>
      <input
        type="search"
        aria-label="search the log"
        placeholder="find"
        value={view.find}
        onInput={(event) => storeInAddress({ find: event.currentTarget.value })}
      />
      <LevelChoice value={view.level} />
      <button
        type="button"
        data-kind="quiet"
        aria-pressed={view.hidesMllog}
        onClick={() => storeInAddress({ mllog: view.hidesMllog ? undefined : "hide" })}
      >
        hide MLLOG lines
      </button>
      <RankChoice ranks={ranks} value={view.rank} />
      <button
        type="button"
        data-kind="quiet"
        disabled={firstError === undefined}
        onClick={() =>
          storeInAddress(
            { line: String(firstError), find: undefined, logRank: undefined },
            { asStep: true },
          )
        }
      >
        first error
      </button>
      <button
        type="button"
        data-kind="quiet"
        disabled={view.from === ""}
        onClick={() => storeInAddress({ line: undefined })}
      >
        jump to end
      </button>
      <a class="button" data-kind="quiet" href={logBytesAddress(runId)} download>
        download
      </a>
    </>
  );
}

function LevelChoice({ value }: { value: string }): JSX.Element {
  return (
    <select
      aria-label="level"
      value={value}
      onChange={(event) => storeInAddress({ level: event.currentTarget.value }, { asStep: true })}
    >
      <option value="">all levels</option>
      <option value="warning">warnings and errors</option>
      <option value="error">errors</option>
    </select>
  );
}

function stateOf(shown: ReturnType<typeof shownLog>, failure: ApiError | undefined): PanelState {
  if (shown !== undefined) return { kind: "ready" };
  return failure === undefined
    ? { kind: "loading" }
    : { kind: "failed", message: failure.message, hint: failure.hint };
}

/** Fetches the page of a view, and again when the log grows, at most once every two seconds. */
function useLogPage(
  runId: string,
  view: LogView,
  totalLines: number,
): { page: LogDocument | undefined; failure: ApiError | undefined } {
  const [known, setKnown] = useState<{ page?: LogDocument; failure?: ApiError }>({});
  const requestedMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const unmount = new AbortController();
    const refetch = async (): Promise<void> => {
      requestedMs.current = performance.now();
      try {
        setKnown({
          page: await fetchLog(runId, logParameters(view), unmount.signal),
        });
      } catch (error) {
        if (!unmount.signal.aborted)
          setKnown((before) => ({ ...before, failure: asFailure(error) }));
      }
    };
    const waitMs = Math.max(250, requestedMs.current + 2000 - performance.now());
    const timer = setTimeout(() => void refetch(), Number.isFinite(waitMs) ? waitMs : 0);
    return () => {
      clearTimeout(timer);
      unmount.abort();
    };
  }, [runId, JSON.stringify(view), totalLines]);
  return { page: known.page, failure: known.failure };
}

function RankChoice({
  ranks,
  value,
}: {
  ranks: readonly number[];
  value: string;
}): JSX.Element | null {
  if (ranks.length === 0 && value === "") return null;
  const known = value === "" || ranks.includes(Number(value)) ? ranks : [Number(value), ...ranks];
  return (
    <select
      aria-label="rank"
      value={value}
      onChange={(event) => storeInAddress({ logRank: event.currentTarget.value }, { asStep: true })}
    >
      <option value="">all ranks</option>
      {known.map((rank) => (
        <option value={String(rank)}>rank {rank}</option>
      ))}
    </select>
  );
}

function LogLines({
  runId,
  lines,
  marked,
  followsEnd,
}: {
  runId: string;
  lines: readonly LogLine[];
  marked: number;
  followsEnd: boolean;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (followsEnd && isAtEnd.current) element.scrollTop = element.scrollHeight;
    if (!followsEnd) element.scrollTop = 0;
  }, [lines, followsEnd]);
  const updateIsAtEnd = (): void => {
    const element = box.current;
    if (element === null) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
  };
  return (
    <div
      ref={box}
      class="scroll-box log"
      tabIndex={0}
      role="log"
      aria-label="log lines"
      aria-live="off"
      onScroll={updateIsAtEnd}
    >
      <ol>
        {lines.map(({ number, text, rank, byteCount }) => (
          <li key={number} value={number} class={number === marked ? "marked" : ""}>
            <span class="line-number">{number}</span>
            {rank === undefined ? undefined : <span class="line-rank">rank {rank}</span>}
            <span class="line-text">{text}</span>
            {byteCount === undefined ? undefined : (
              <a class="line-cut" href={logBytesAddress(runId, number)} download>
                truncated: download all {formatBytes(byteCount)}
              </a>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
