import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import { xAxes, type XAxis } from "../../../src/schema/dashboard/run-series.ts";
import { fetchSeries, type ApiError } from "../../api.ts";
import { formatValue } from "../../charts/axes/axis-scale.ts";
import { isEmpty, type ChartSpec } from "../../charts/run/chart-spec.ts";
import { ChartPanel } from "../../components/chart.tsx";
import type { PanelState } from "../../components/panel.tsx";
import { WhenSeen } from "../../components/when-seen.tsx";
import { asFailure } from "../../live/follow.ts";
import { keepInAddress, place } from "../../router.ts";
import type { KnownRun } from "./apply-run-event.ts";
import { runCharts, type RunChart } from "./run-chart-list.ts";
import { streamedSeries, type PlacedSeries } from "./shown-series.ts";
import { axisNames, axisOf, readStretch, readXAxis } from "./x-axis.ts";

const chartHeight = 220;

/** The run's series on the chosen axis, all under one cursor. */
export function RunCharts({ run }: { run: KnownRun }): JSX.Element {
  const { query } = place.value;
  const xAxis = readXAxis(query["x"]);
  const stretch = readStretch(query);
  const rank = query["rank"];
  const { series, failure } = useShownSeries(run, xAxis, rank);
  const charts = useMemo(
    () => (series === undefined ? [] : runCharts(run.detail, series)),
    [series, run.detail.prediction, run.detail.series, run.detail.result],
  );
  return (
    <>
      <div class="axis-bar">
        <AxisSwitch chosen={xAxis} available={run.detail.xAxes} />
        {stretch === undefined ? undefined : (
          <button type="button" onClick={() => choose(undefined)}>
            {`${formatValue(stretch.fromX, axisOf[xAxis].unit)} … ${formatValue(stretch.toX, axisOf[xAxis].unit)}`}
            <span aria-hidden="true">×</span>
            <span class="hidden-text">show all</span>
          </button>
        )}
        {rank === undefined ? undefined : (
          <button
            type="button"
            onClick={() => keepInAddress({ rank: undefined }, { asStep: true })}
          >
            rank {rank} alone <span aria-hidden="true">×</span>
            <span class="hidden-text">show all ranks</span>
          </button>
        )}
      </div>
      <div class={charts.length === 0 ? "chart-grid waiting" : "chart-grid"}>
        {charts.length === 0 ? <FirstCharts failure={failure} /> : undefined}
        {charts.map((chart) => (
          <WhenSeen
            key={chart.spec.name}
            class={chart.isWide ? "wide" : ""}
            minHeight={chartHeight + 84}
          >
            {() => (
              <ChartPanel
                spec={chart.spec}
                state={stateOf(chart, run.detail, failure)}
                note={chart.note}
                height={chart.isWide ? chartHeight + 60 : chartHeight}
                group={`run-${run.detail.runId}`}
                choose={choose}
              />
            )}
          </WhenSeen>
        ))}
      </div>
    </>
  );
}

/** Another stretch is a step that the reader can go back from. */
function choose(chosen: { fromX: number; toX: number } | undefined): void {
  const stretch = { from: numberText(chosen?.fromX), to: numberText(chosen?.toX) };
  keepInAddress(stretch, { asStep: true });
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

const noSpec: ChartSpec = {
  name: "quality",
  title: "Quality against its target",
  x: axisOf.clock,
  y: { label: "", unit: "" },
  marks: [],
};

/** Before the first series are there. */
function FirstCharts({ failure }: { failure: ApiError | undefined }): JSX.Element {
  const state: PanelState =
    failure === undefined
      ? { kind: "loading" }
      : { kind: "failed", message: failure.message, hint: failure.hint };
  return (
    <ChartPanel
      class="wide"
      spec={noSpec}
      state={state}
      height={chartHeight}
      group="none"
      choose={() => undefined}
    />
  );
}

function stateOf(
  { spec, whenEmpty }: RunChart,
  detail: RunDetail,
  failure: ApiError | undefined,
): PanelState {
  if (!isEmpty(spec)) return { kind: "ready" };
  if (failure !== undefined)
    return { kind: "failed", message: failure.message, hint: failure.hint };
  const isRunning = detail.state.kind === "running";
  return {
    kind: "empty",
    text: `${whenEmpty.text}${isRunning ? " so far" : ""}.`,
    command: whenEmpty.command,
  };
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
              keepInAddress({ x: axis, from: undefined, to: undefined }, { asStep: true })
            }
          />
          {axisNames[axis]}
        </label>
      ))}
    </fieldset>
  );
}

/** What the stream brings, or a chosen stretch of it that was fetched in finer buckets. */
function useShownSeries(
  run: KnownRun,
  xAxis: XAxis,
  rankText: string | undefined,
): { series: PlacedSeries | undefined; failure: ApiError | undefined } {
  const stretch = readStretch(place.value.query);
  const { runId, state } = run.detail;
  const isRunning = state.kind === "running";
  const [fetched, setFetched] = useState<{ series?: PlacedSeries; failure?: ApiError }>({});
  useEffect(() => {
    if (stretch === undefined) {
      setFetched({});
      return undefined;
    }
    const leave = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const question = {
          names: streamedSeries.join(","),
          x: xAxis,
          from: stretch.fromX,
          to: stretch.toX,
          width: innerWidth,
          rank: rankText,
        };
        const document = await fetchSeries(runId, question, leave.signal);
        const byName = new Map(document.series.map((each) => [each.name, each]));
        setFetched({ series: { xAxis: document.xAxis, byName } });
      } catch (error) {
        if (!leave.signal.aborted)
          setFetched((before) => ({ ...before, failure: asFailure(error) }));
      }
      if (isRunning && !leave.signal.aborted) timer = setTimeout(() => void ask(), 3000);
    };
    void ask();
    return () => {
      leave.abort();
      clearTimeout(timer);
    };
  }, [runId, xAxis, rankText, stretch?.fromX, stretch?.toX, isRunning]);
  const streamed = useMemo(
    () =>
      run.seriesAxis === undefined ? undefined : { xAxis: run.seriesAxis, byName: run.series },
    [run.series, run.seriesAxis],
  );
  return {
    series: stretch === undefined ? streamed : (fetched.series ?? streamed),
    failure: fetched.failure,
  };
}
