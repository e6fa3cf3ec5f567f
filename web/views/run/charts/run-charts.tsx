import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { pageSeries, xAxes, type XAxis } from "../../../../src/schema/dashboard/run-series.ts";
import type { ApiError } from "../../../api.ts";
import { fetchSeries } from "../../../requests/run.ts";
import { formatValue } from "../../../charts/axes/axis-scale.ts";
import { isEmpty } from "../../../charts/run/chart-spec.ts";
import { ChartPanel } from "../../../components/figures/chart.tsx";
import { Panel, type PanelState } from "../../../components/panel.tsx";
import { WhenVisible } from "../../../components/when-visible.tsx";
import { asFailure } from "../../../live/follow.ts";
import { storeInAddress, place } from "../../../router.ts";
import type { KnownRun } from "../stream/apply-run-event.ts";
import { EmptyPanels, type EmptyPanel } from "../panels/empty-panels.tsx";
import { runCharts, type RunChart } from "./run-chart-list.ts";
import type { PlacedSeries } from "./shown-series.ts";
import { axisNames, axisOf, readXRange, readXAxis } from "./x-axis.ts";

const chartHeight = 220;

/** The charts of a run on the selected axis with a shared cursor. */
export function RunCharts({
  run,
  empty,
}: {
  run: KnownRun;
  /** Other panels without data. */
  empty: readonly EmptyPanel[];
}): JSX.Element {
  const { query } = place.value;
  const xAxis = readXAxis(query["x"], run.detail.xAxes);
  const rank = query["rank"];
  const { series, failure } = useShownSeries(run, xAxis, rank);
  const charts = useMemo(
    () => (series === undefined ? [] : runCharts(run.detail, series)),
    [series, run.detail.prediction, run.detail.series, run.detail.result],
  );
  const isRunning = run.detail.state.kind === "running";
  const [shown, folded] = foldedCharts(charts, isRunning);
  return (
    <>
      <AxisBar run={run} xAxis={xAxis} />
      <div class="chart-grid">
        {charts.length === 0 ? <FirstCharts failure={failure} /> : undefined}
        {shown.map((chart) => (
          <WhenVisible
            key={chart.spec.name}
            class={chart.isWide ? "wide" : ""}
            minHeight={chartHeight + 84}
          >
            {() => (
              <ChartPanel
                spec={chart.spec}
                state={stateOf(chart, failure)}
                note={chart.note}
                subject={run.detail.runId}
                height={chart.isWide ? chartHeight + 60 : chartHeight}
                group={`run-${run.detail.runId}`}
                choose={choose}
              />
            )}
          </WhenVisible>
        ))}
      </div>
      {charts.length === 0 ? undefined : <EmptyPanels panels={[...folded, ...empty]} />}
    </>
  );
}

/** The axis of the charts, and the selected range and rank. */
function AxisBar({ run, xAxis }: { run: KnownRun; xAxis: XAxis }): JSX.Element {
  const { query } = place.value;
  const range = readXRange(query);
  const rank = query["rank"];
  return (
    <div class="axis-bar">
      <AxisSwitch chosen={xAxis} available={run.detail.xAxes} />
      {range === undefined ? undefined : (
        <button type="button" onClick={() => choose(undefined)}>
          {`${formatValue(range.fromX, axisOf[xAxis].unit)} … ${formatValue(range.toX, axisOf[xAxis].unit)}`}
          <span aria-hidden="true">×</span>
          <span class="hidden-text">show all</span>
        </button>
      )}
      {rank === undefined ? undefined : (
        <button type="button" onClick={() => storeInAddress({ rank: undefined }, { asStep: true })}>
          rank {rank} only <span aria-hidden="true">×</span>
          <span class="hidden-text">show all ranks</span>
        </button>
      )}
    </div>
  );
}

/** Charts with points, and those without as one line. A failure is shown in the first chart. */
function foldedCharts(
  charts: readonly RunChart[],
  isRunning: boolean,
): [shown: readonly RunChart[], folded: EmptyPanel[]] {
  const folded = charts
    .filter(({ spec }) => isEmpty(spec))
    .map(({ spec, whenEmpty: { text, command } }) => ({
      title: spec.title,
      text: `${text}${isRunning ? " yet" : ""}.`,
      command,
    }));
  return [charts.filter(({ spec }) => !isEmpty(spec)), folded];
}

/** A new range adds a history entry. */
function choose(chosen: { fromX: number; toX: number } | undefined): void {
  const range = { from: numberText(chosen?.fromX), to: numberText(chosen?.toX) };
  storeInAddress(range, { asStep: true });
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

const firstTitles = ["Quality against its target", "Loss", "Throughput", "Step time by part"];

/** The frames of the first charts, shown before the first series arrive. */
export function FirstCharts({ failure }: { failure: ApiError | undefined }): JSX.Element {
  if (failure !== undefined) {
    const state = { kind: "failed", message: failure.message, hint: failure.hint } as const;
    return (
      <Panel title="Charts" state={state} class="wide">
        {undefined}
      </Panel>
    );
  }
  return (
    <>
      {firstTitles.map((title, index) => (
        <Panel
          key={title}
          title={title}
          state={{ kind: "loading" }}
          class={index === 0 ? "wide skeleton" : "skeleton"}
        >
          {undefined}
        </Panel>
      ))}
    </>
  );
}

function stateOf({ spec }: RunChart, failure: ApiError | undefined): PanelState {
  if (!isEmpty(spec) || failure === undefined) return { kind: "ready" };
  return { kind: "failed", message: failure.message, hint: failure.hint };
}

function AxisSwitch({
  chosen,
  available,
}: {
  chosen: XAxis;
  available: readonly XAxis[];
}): JSX.Element {
  return (
    <fieldset class="segments" aria-label="x axis of the charts">
      {xAxes.map((axis) => (
        <label>
          <input
            type="radio"
            name="x-axis"
            checked={axis === chosen}
            disabled={!available.includes(axis) && axis !== chosen}
            onChange={() =>
              storeInAddress({ x: axis, from: undefined, to: undefined }, { asStep: true })
            }
          />
          {axisNames[axis]}
        </label>
      ))}
    </fieldset>
  );
}

/** The streamed series, or the series of a selected range, fetched in finer buckets. */
function useShownSeries(
  run: KnownRun,
  xAxis: XAxis,
  rankText: string | undefined,
): { series: PlacedSeries | undefined; failure: ApiError | undefined } {
  const range = readXRange(place.value.query);
  const { runId, state } = run.detail;
  const isRunning = state.kind === "running";
  const [fetched, setFetched] = useState<{ series?: PlacedSeries; failure?: ApiError }>({});
  useEffect(() => {
    if (range === undefined) {
      setFetched({});
      return undefined;
    }
    const unmount = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refetch = async (): Promise<void> => {
      try {
        const parameters = {
          names: pageSeries.join(","),
          x: xAxis,
          from: range.fromX,
          to: range.toX,
          width: innerWidth,
          rank: rankText,
        };
        const document = await fetchSeries(runId, parameters, unmount.signal);
        const byName = new Map(document.series.map((each) => [each.name, each]));
        setFetched({ series: { xAxis: document.xAxis, byName } });
      } catch (error) {
        if (!unmount.signal.aborted)
          setFetched((before) => ({ ...before, failure: asFailure(error) }));
      }
      if (isRunning && !unmount.signal.aborted) timer = setTimeout(() => void refetch(), 3000);
    };
    void refetch();
    return () => {
      unmount.abort();
      clearTimeout(timer);
    };
  }, [runId, xAxis, rankText, range?.fromX, range?.toX, isRunning]);
  const streamed = useMemo(
    () =>
      run.seriesAxis === undefined ? undefined : { xAxis: run.seriesAxis, byName: run.series },
    [run.series, run.seriesAxis],
  );
  return {
    series: range === undefined ? streamed : (fetched.series ?? streamed),
    failure: fetched.failure,
  };
}
