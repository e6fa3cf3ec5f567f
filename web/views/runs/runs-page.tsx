import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ConnectionBadge } from "../../components/connection-badge.tsx";
import { StateMessage } from "../../components/panel.tsx";
import { useMedia } from "../../components/use-media.ts";
import { useVirtualRows } from "../../components/use-virtual-rows.ts";
import { everySecondMs } from "../../live/server-clock.ts";
import { goTo, storeInAddress, place } from "../../router.ts";
import { SeriesPanel } from "./series-panel.tsx";
import { RunLine } from "./run-line.tsx";
import { followRuns, runsState } from "./runs-state.ts";
import {
  chooseRuns,
  filterChoices,
  nextSort,
  readRunsView,
  runRow,
  type ReceivedRun,
  type RunsView,
  type SortKey,
} from "./view-model.ts";

/** The live list of all runs. */
export function RunsPage(): JSX.Element {
  useEffect(() => {
    const unmount = new AbortController();
    void followRuns(unmount.signal);
    return () => unmount.abort();
  }, []);
  const { runs, isPartial, connection, failure } = runsState.value;
  const all = [...(runs?.values() ?? [])];
  const view = readRunsView(place.value.query);
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <ConnectionBadge connection={connection} />
        {isPartial ? <span class="muted">reading older runs…</span> : undefined}
        {all.length === 0 ? undefined : <Filters view={view} all={all} />}
      </div>
      {runs !== undefined && all.length > 0 ? (
        <>
          <SeriesPanel />
          <RunList all={all} view={view} />
        </>
      ) : (
        <StateMessage
          state={
            runs !== undefined
              ? {
                  kind: "empty",
                  text: "No runs yet. This example takes a minute:",
                  command: "pitwall run digits",
                }
              : failure === undefined
                ? { kind: "loading" }
                : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      )}
    </>
  );
}

function Filters({ view, all }: { view: RunsView; all: readonly ReceivedRun[] }): JSX.Element {
  const { states, workloads } = filterChoices(all);
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search"
        aria-label="search runs"
        placeholder="find"
        value={view.find}
        onInput={(event) => storeInAddress({ find: event.currentTarget.value })}
      />
      <Choice name="state" all="all states" value={view.state} choices={states} />
      <Choice name="workload" all="all workloads" value={view.workload} choices={workloads} />
    </form>
  );
}

function Choice({
  name,
  all,
  value,
  choices,
}: {
  name: "state" | "workload";
  all: string;
  value: string;
  choices: readonly string[];
}): JSX.Element {
  const known = value === "" || choices.includes(value) ? choices : [value, ...choices];
  return (
    <select
      aria-label={name}
      value={value}
      onChange={(event) => storeInAddress({ [name]: event.currentTarget.value }, { asStep: true })}
    >
      <option value="">{all}</option>
      {known.map((choice) => (
        <option value={choice}>{choice}</option>
      ))}
    </select>
  );
}

const columns: readonly { key: SortKey | undefined; head: string; class: string }[] = [
  { key: "name", head: "run", class: "name" },
  { key: "state", head: "state", class: "state" },
  { key: "started", head: "started", class: "started" },
  { key: "clock", head: "clock", class: "clock number" },
  { key: "estimate", head: "to target", class: "estimate number" },
  { key: "progress", head: "quality", class: "quality" },
  { key: undefined, head: "curve", class: "curve" },
  { key: "cost", head: "cost", class: "cost number" },
  { key: "energy", head: "energy", class: "energy number" },
];

function RunList({ all, view }: { all: readonly ReceivedRun[]; view: RunsView }): JSX.Element {
  const nowMs = everySecondMs.value;
  const chosen = chooseRuns(all, view, nowMs);
  const isNarrow = useMedia("(max-width: 1040px)");
  const list = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string>();
  const { items, height, top, scrollTo } = useVirtualRows(list, chosen.length, isNarrow ? 124 : 50);
  const active = chosen.findIndex(({ item }) => item.runId === activeId);
  const onKey = (event: KeyboardEvent): void => {
    const to = rowAfterKey(event.key, active, chosen.length);
    if (to === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (to !== undefined) {
      setActiveId(chosen[to]?.item.runId);
      scrollTo(to);
    } else if (activeId !== undefined && active >= 0) openRun(activeId);
  };
  return (
    <div
      class="run-list"
      role="grid"
      aria-label="runs: arrow keys move, Enter opens"
      aria-rowcount={chosen.length + 1}
      tabIndex={0}
      onKeyDown={onKey}
      onFocus={(event) => {
        if (event.target === event.currentTarget && active < 0) setActiveId(chosen[0]?.item.runId);
      }}
      {...(active < 0 ? {} : { "aria-activedescendant": `run-${activeId}` })}
    >
      <ListHead view={view} />
      <div ref={list} class="run-lines" role="rowgroup" style={{ height: `${height}px` }}>
        {items.map(({ index, start }) => {
          const received = chosen[index];
          if (received === undefined) return undefined;
          return (
            <RunLine
              key={received.item.runId}
              row={runRow(received, nowMs)}
              position={{ index, offset: start - top }}
              isActive={received.item.runId === activeId}
            />
          );
        })}
      </div>
      {chosen.length === 0 ? (
        <StateMessage
          state={{ kind: "empty", text: `None of the ${all.length} runs match the filters.` }}
        />
      ) : undefined}
    </div>
  );
}

function openRun(runId: string): void {
  goTo({ path: `/runs/${encodeURIComponent(runId)}`, query: {} });
}

/** The row that a key moves to; undefined for other keys. */
function rowAfterKey(key: string, active: number, count: number): number | undefined {
  const page = 10;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  };
  const to = moves[key];
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}

function ListHead({ view }: { view: RunsView }): JSX.Element {
  return (
    <div role="rowgroup">
      <div class="run-head" role="row" aria-rowindex={1}>
        {columns.map(({ key, head, class: className }) => {
          const isSorted = key !== undefined && view.sort === key;
          const order = view.isDescending ? "descending" : "ascending";
          return (
            <span
              class={className}
              role="columnheader"
              {...(isSorted ? { "aria-sort": order } : {})}
            >
              {key === undefined ? (
                head
              ) : (
                <button
                  type="button"
                  onKeyDown={(event) => event.stopPropagation()}
                  onClick={() => storeInAddress({ sort: nextSort(view, key) }, { asStep: true })}
                >
                  {head}
                  {isSorted ? (
                    <span aria-hidden="true">{view.isDescending ? " ↓" : " ↑"}</span>
                  ) : undefined}
                </button>
              )}
            </span>
          );
        })}
      </div>
    </div>
  );
}
