import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { countOf } from "../../../src/report/wording.ts";
import { ConnectionBadge } from "../../components/connection-badge.tsx";
import { StateMessage } from "../../components/panel.tsx";
import { Link } from "../../components/link.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { useMedia } from "../../components/use-media.ts";
import { useVirtualRows } from "../../components/tables/use-virtual-rows.ts";
import { everySecondMs } from "../../live/server-clock.ts";
import { goTo, storeInAddress, place } from "../../router.ts";
import { LabelPicked } from "./label-picked.tsx";
import { maxOverlaid, pickedLinks } from "./picked-runs.ts";
import { RunLine } from "./run-line.tsx";
import { followRuns, runsState } from "./runs-state.ts";
import {
  chooseRuns,
  filterChoices,
  isArchived,
  nextSort,
  readRunsView,
  runRow,
  type ReceivedRun,
  type RunsView,
  type SortKey,
} from "./view-model.ts";

async function loadSeriesPanel(): Promise<() => JSX.Element | null> {
  return (await import("./series-panel.tsx")).SeriesPanel;
}

/** The live list of all runs. */
export function RunsPage(): JSX.Element {
  // Not after the first paint: the list is requested at once.
  useLayoutEffect(() => {
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
          <Loaded load={loadSeriesPanel} />
          <RunList all={all} view={view} isPartial={isPartial} />
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
  const { states, workloads, tags, archivedCount } = filterChoices(all);
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
      {tags.length === 0 && view.tag === "" ? undefined : (
        <Choice name="tag" all="all tags" value={view.tag} choices={tags} />
      )}
      {archivedCount === 0 ? undefined : (
        <label>
          <input
            type="checkbox"
            checked={view.withArchived}
            onChange={(event) =>
              storeInAddress({ archived: event.currentTarget.checked ? "show" : undefined })
            }
          />
          {`${archivedCount} archived`}
        </label>
      )}
    </form>
  );
}

function Choice({
  name,
  all,
  value,
  choices,
}: {
  name: "state" | "workload" | "tag";
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

/** The list, and what to do with the selected runs. */
function RunList({ all, view, isPartial }: RunListProps): JSX.Element {
  const [pickedIds, setPicked] = useState<ReadonlySet<string>>(new Set());
  const toggle = (runId: string): void => setPicked((before) => toggled(before, runId));
  return (
    <>
      <RunGrid {...{ all, view, isPartial, pickedIds, toggle }} />
      <PickedRuns all={all} pickedIds={pickedIds} clear={() => setPicked(new Set())} />
    </>
  );
}

interface RunListProps {
  all: readonly ReceivedRun[];
  view: RunsView;
  /** Whether older runs are still to come. */
  isPartial: boolean;
}

interface RunGridProps extends RunListProps {
  pickedIds: ReadonlySet<string>;
  toggle: (runId: string) => void;
}

function RunGrid({ all, view, isPartial, pickedIds, toggle }: RunGridProps): JSX.Element {
  const nowMs = everySecondMs.value;
  const chosen = chooseRuns(all, view, nowMs);
  const isNarrow = useMedia("(max-width: 980px)");
  const list = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string>();
  const rows = {
    count: chosen.length,
    rowHeight: isNarrow ? 124 : 50,
    isGrowing: isPartial,
  };
  const { items, height, top, scrollTo } = useVirtualRows(list, rows);
  const active = chosen.findIndex(({ item }) => item.runId === activeId);
  const onKey = (event: KeyboardEvent): void => {
    const act = actionOfKey(event, active, chosen.length);
    if (act === undefined) return;
    event.preventDefault();
    if (act.kind === "move") {
      setActiveId(chosen[act.to]?.item.runId);
      scrollTo(act.to);
    } else if (activeId !== undefined) (act.kind === "select" ? toggle : openRun)(activeId);
  };
  return (
    <div
      class="run-list"
      role="grid"
      aria-label="runs: arrow keys move, Enter opens, Space selects"
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
              isPicked={pickedIds.has(received.item.runId)}
              toggle={toggle}
            />
          );
        })}
      </div>
      {chosen.length === 0 ? <NoMatch runCount={all.length} /> : undefined}
    </div>
  );
}

function NoMatch({ runCount }: { runCount: number }): JSX.Element {
  const text = `None of the ${runCount} runs match the filters.`;
  return <StateMessage state={{ kind: "empty", text, command: "pitwall runs --archived" }} />;
}

/** What to do with the selected runs. */
function PickedRuns({
  all,
  pickedIds,
  clear,
}: {
  all: readonly ReceivedRun[];
  pickedIds: ReadonlySet<string>;
  clear: () => void;
}): JSX.Element | null {
  const links = pickedIds.size === 0 ? undefined : pickedLinks(all, pickedIds);
  if (links === undefined) return null;
  return (
    <aside class="pick-bar" aria-label="selected runs">
      <span>{`${countOf(pickedIds.size, "run")} selected`}</span>
      <Link class="button" to={{ path: "/overlay", query: { runs: links.overlay } }}>
        {pickedIds.size > maxOverlaid ? `overlay the first ${maxOverlaid}` : "overlay"}
      </Link>
      {links.compare === undefined ? undefined : (
        <Link class="button" to={{ path: "/compare", query: { ids: links.compare } }}>
          compare
        </Link>
      )}
      <LabelPicked
        runIds={[...pickedIds]}
        areArchived={all.every(({ item }) => !pickedIds.has(item.runId) || isArchived(item))}
        clear={clear}
      />
      <button type="button" data-kind="quiet" onClick={clear}>
        clear
      </button>
    </aside>
  );
}

function toggled(before: ReadonlySet<string>, runId: string): ReadonlySet<string> {
  const next = new Set(before);
  if (!next.delete(runId)) next.add(runId);
  return next;
}

function openRun(runId: string): void {
  goTo({ path: `/runs/${encodeURIComponent(runId)}`, query: {} });
}

type KeyAction = { kind: "move"; to: number } | { kind: "open" } | { kind: "select" };

/** Undefined for other keys, and for keys of a checkbox. */
function actionOfKey(
  { key, target }: KeyboardEvent,
  active: number,
  count: number,
): KeyAction | undefined {
  if (target instanceof HTMLInputElement) return undefined;
  const to = rowAfterKey(key, active, count);
  if (to !== undefined) return { kind: "move", to };
  if (active < 0) return undefined;
  if (key === "Enter") return { kind: "open" };
  return key === " " ? { kind: "select" } : undefined;
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
        <span class="pick" role="columnheader">
          <span class="hidden-text">selected</span>
        </span>
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
