import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { AtlasRowDocument } from "../../../src/schema/dashboard/atlas-document.ts";
import type { ApiError } from "../../api.ts";
import { clipChart, type XRange } from "../../charts/run/clip-chart.ts";
import type { ChartSpec } from "../../charts/run/chart-spec.ts";
import { ChartPanel } from "../../components/figures/chart.tsx";
import { DataTable } from "../../components/tables/data-table.tsx";
import { Isolated } from "../../components/isolated.tsx";
import { Link } from "../../components/link.tsx";
import { StateMessage, Panel } from "../../components/panel.tsx";
import { type Atlas, rowDocument } from "../../live/atlas-documents.ts";
import { asFailure } from "../../live/follow.ts";
import { storeInAddress } from "../../router.ts";
import { focusChart } from "./atlas-scatter.tsx";
import { type AtlasView, writeIds } from "./atlas-view.ts";
import { curveCharts, leadText, resultFacts, runHeads, runLines } from "./result-facts.ts";

interface ResultPanelProps {
  atlas: Atlas;
  /** Undefined if the address contains an unknown result. */
  measured: MeasuredRow | undefined;
  view: AtlasView;
}

/** The details of one result: system, runs, curves, and source. */
export function ResultPanel({ atlas, measured, view }: ResultPanelProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
  };
  return (
    <div ref={box} class="result-panel" tabIndex={-1} onKeyDown={onKey}>
      {measured === undefined ? (
        <Panel
          title="Unknown result"
          tools={undefined}
          state={{
            kind: "failed",
            message: `unknown result ${view.rowId ?? ""}`,
            hint: "the table below lists the results",
          }}
        >
          {undefined}
        </Panel>
      ) : (
        <Panel
          title={titleParts(measured).join(", ")}
          heading={<Isolated parts={titleParts(measured)} />}
          state={{ kind: "ready" }}
          tools={
            <button type="button" data-kind="quiet" onClick={close}>
              close <span aria-hidden="true">×</span>
            </button>
          }
        >
          <Body atlas={atlas} measured={measured} picked={view.picked} />
        </Panel>
      )}
    </div>
  );
}

function titleParts({ row }: MeasuredRow): readonly string[] {
  if (row.suite === "own") return [`your runs of ${row.benchmark}`];
  return [row.submitter, `${row.benchmark} ${row.round}`];
}

function close(): void {
  storeInAddress({ row: undefined }, { asStep: true });
  focusChart();
}

function Body({
  atlas,
  measured,
  picked,
}: {
  atlas: Atlas;
  measured: MeasuredRow;
  picked: readonly string[];
}): JSX.Element {
  const { row } = measured;
  const isPicked = picked.includes(row.rowId);
  const next = isPicked ? picked.filter((id) => id !== row.rowId) : [...picked, row.rowId];
  return (
    <>
      <div class="lead">{leadText(measured)}</div>
      <div class="muted">{row.systemName ?? row.system}</div>
      <div class="actions">
        <button
          type="button"
          aria-pressed={isPicked}
          disabled={!isPicked && picked.length >= 20}
          onClick={() => storeInAddress({ compare: writeIds(next) })}
        >
          {isPicked ? "remove from comparison" : "add to comparison"}
        </button>
        <Source row={row} />
      </div>
      <dl class="facts">
        {resultFacts(measured).map(([label, text]) => (
          <>
            <dt>{label}</dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </>
        ))}
      </dl>
      <Runs atlas={atlas} rowId={row.rowId} />
    </>
  );
}

function Source({ row }: Pick<MeasuredRow, "row">): JSX.Element | null {
  if (/^https?:\/\//u.test(row.source))
    return (
      <a class="button" href={row.source} rel="noreferrer" target="_blank">
        source
      </a>
    );
  if (row.suite === "own")
    return (
      <Link to={{ path: "/runs", query: {} }} class="button">
        your runs
      </Link>
    );
  return <span class="muted">{row.source}</span>;
}

function Runs({ atlas, rowId }: { atlas: Atlas; rowId: string }): JSX.Element {
  const [found, setFound] = useState<AtlasRowDocument>();
  const [failure, setFailure] = useState<ApiError>();
  useEffect(() => {
    let isCurrent = true;
    rowDocument(atlas, rowId).then(
      (document) => isCurrent && setFound(document),
      (error: unknown) => isCurrent && setFailure(asFailure(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [atlas, rowId]);
  if (failure !== undefined && found === undefined)
    return (
      <StateMessage state={{ kind: "failed", message: failure.message, hint: failure.hint }} />
    );
  if (found === undefined) return <StateMessage state={{ kind: "loading" }} />;
  const { row, runs, curves, quality } = found;
  const charts = curveCharts(runs, curves, quality);
  return (
    <>
      <h3>Runs</h3>
      {runs.length === 0 ? (
        <p class="muted">The source does not list individual runs.</p>
      ) : (
        <DataTable
          caption="runs of this result"
          heads={runHeads(row.samplesUnit)}
          rows={runLines(runs)}
        />
      )}
      <h3>Curves</h3>
      {charts.length === 0 ? <p class="muted">No curves were logged.</p> : undefined}
      {charts.map((spec) => (
        <Curves key={spec.name} spec={spec} />
      ))}
    </>
  );
}

/** A chart with its own zoom. */
function Curves({ spec }: { spec: ChartSpec }): JSX.Element {
  const [range, setRange] = useState<XRange>();
  const shown = range === undefined ? spec : clipChart(spec, range);
  return (
    <ChartPanel
      spec={shown}
      state={{ kind: "ready" }}
      note={range === undefined ? undefined : "zoomed in; 0 or a double click resets the zoom"}
      height={180}
      group="atlas-curves"
      choose={setRange}
    />
  );
}
