import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PageMessage } from "../../components/panel.tsx";
import { Prose } from "../../components/prose.tsx";
import { WhenVisible } from "../../components/when-visible.tsx";
import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import type { PageProps } from "../../page-props.ts";
import { place } from "../../router.ts";
import { BudgetPanel, EventsPanel, RulesPanel, SystemPanel } from "./panels/fact-panels.tsx";
import { PlanComparisonPanel } from "./panels/plan-comparison-panel.tsx";
import type { EmptyPanel } from "./panels/empty-panels.tsx";
import type { ClockZero } from "../../charts/run/heat-axes.ts";
import { HeatMapPanel, heatTitle } from "./heat-map/heat-map-panel.tsx";
import { LogPanel } from "./log/log-panel.tsx";
import { FirstCharts, RunCharts } from "./charts/run-charts.tsx";
import { RunHeader } from "./header/run-header.tsx";
import { fetchDetail, followRun, runState, type RunState } from "./stream/run-state.ts";
import { pageSeries } from "../../../src/schema/dashboard/run-series.ts";
import { readXAxis } from "./charts/x-axis.ts";

/** One run: live while it is in progress, and its record afterwards. */
export function RunPage({ parts }: PageProps): JSX.Element {
  const { runId = "" } = parts;
  const [state] = useState(() => runState(runId));
  useRun(state);
  const run = state.run.value;
  const failure = state.failure.value;
  if (run === undefined) {
    if (failure === undefined) return <Skeleton runId={runId} />;
    const { message, hint } = failure;
    return <PageMessage title={`Run ${runId}`} state={{ kind: "failed", message, hint }} />;
  }
  const { detail } = run;
  const isRunning = detail.state.kind === "running";
  const hasHeat = detail.isReadingSamples === true || hasRankData(detail);
  return (
    <article class="run-page">
      <Notices state={state} />
      <RunHeader
        run={run}
        connection={state.connection.value}
        changed={() => fetchDetail(state, new AbortController().signal)}
      />
      <RunCharts run={run} empty={emptyPanels(detail, hasHeat)} />
      <div class="panel-grid">
        {/* The heat map is calculated from all samples, which would delay the charts. */}
        {hasHeat && run.seriesAxis !== undefined ? (
          <WhenVisible class="wide" minHeight={320}>
            {() => (
              <HeatMapPanel
                runId={runId}
                isRunning={isRunning}
                durationMs={detail.result?.clock.billedMs ?? detail.progress.launchedForMs}
                zero={clockZero(detail)}
              />
            )}
          </WhenVisible>
        ) : undefined}
        <BudgetPanel detail={detail} />
        <PlanComparisonPanel comparison={detail.planComparison} />
        <EventsPanel detail={detail} />
        {detail.rules === undefined ? undefined : (
          <RulesPanel rules={detail.rules} verdict={detail.result?.rules} />
        )}
        <SystemPanel detail={detail} />
        <WhenVisible class="wide" minHeight={320}>
          {() => <LogPanel runId={runId} tail={run.log} />}
        </WhenVisible>
      </div>
    </article>
  );
}

/** The frames of the page before the run is known. */
function Skeleton({ runId }: { runId: string }): JSX.Element {
  return (
    <article class="run-page" aria-busy="true">
      <header class="run-header skeleton">
        <div class="run-title">
          <p class="crumbs mono">{runId}</p>
          <h1>loading</h1>
        </div>
      </header>
      <div class="chart-grid">
        <FirstCharts failure={undefined} />
      </div>
    </article>
  );
}

/** Whether ranks have step times, or hosts have accelerators. */
function hasRankData({ ranks, series }: RunDetail): boolean {
  return ranks.length > 0 || series.some(({ name }) => name === "acceleratorUtilisation");
}

/** Panels without data, other than charts. */
function emptyPanels({ rules }: RunDetail, hasHeat: boolean): EmptyPanel[] {
  const heat = {
    title: heatTitle,
    text: "No rank has reported step times. Built-in workloads report them; other programs can write samples.",
    command: "pitwall run digits --workers 2",
  };
  const noRules = {
    title: "Rules",
    text: "The log has no MLPerf events to check.",
    command: "pitwall check last",
  };
  return [...(hasHeat ? [] : [heat]), ...(rules === undefined ? [noRules] : [])];
}

/** Where the clock of the run is zero; before it has started, the launch. */
function clockZero({ runStartMs, launchedMs = 0, request, result }: RunDetail): ClockZero {
  if (runStartMs === undefined) return { atMs: launchedMs, label: "since launch" };
  // Ranks report times of arrival, which the program's own clock does not follow.
  if (result?.clock.programClock !== undefined)
    return { atMs: runStartMs, label: "since run start" };
  return { atMs: runStartMs - (request.continues?.clockMs ?? 0), label: "clock" };
}

/** Interval for refetching what the stream does not contain: new series, ranks, and axes. */
const refetchMs = 5000;

/** Fetches the run and follows it. A change of axis or rank opens a new stream. */
function useRun(state: RunState): void {
  const { query } = place.value;
  const xAxis = readXAxis(query["x"], state.run.value?.detail.xAxes);
  const rankText = query["rank"];
  useEffect(() => {
    const unmount = new AbortController();
    void fetchUntilAvailable(state, unmount.signal);
    return () => unmount.abort();
  }, [state]);
  const isRunning = state.run.value?.detail.state.kind === "running";
  useEffect(() => {
    if (!isRunning) return undefined;
    const unmount = new AbortController();
    const timer = setInterval(() => void fetchDetail(state, unmount.signal), refetchMs);
    return () => {
      unmount.abort();
      clearInterval(timer);
    };
  }, [state, isRunning]);
  useEffect(() => {
    const unmount = new AbortController();
    const rank = rankText === undefined ? undefined : Number(rankText);
    const parameters = { names: pageSeries, xAxis, rank, width: bucketWidth() };
    void followRun(state, parameters, unmount.signal);
    return () => unmount.abort();
  }, [state, xAxis, rankText]);
}

/** Retries while the server is unavailable; a missing run is final. */
async function fetchUntilAvailable(state: RunState, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await fetchDetail(state, stop);
    const failure = state.failure.peek();
    if (failure === undefined || (failure.status !== undefined && failure.status < 500)) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** About one bucket per pixel of the window width, which is the visible resolution. */
function bucketWidth(): number {
  return Math.max(200, Math.min(2000, Math.ceil(innerWidth / 100) * 100));
}

function Notices({ state }: { state: RunState }): JSX.Element | null {
  const connection = state.connection.value;
  const failure = state.failure.value;
  if (connection.kind === "removed") {
    return (
      <p class="notice bad" role="alert">
        <strong>This run was deleted.</strong>
        <span class="muted">The page shows the last received data. It cannot be reloaded.</span>
      </p>
    );
  }
  const shownFailure = connection.kind === "failed" ? connection.failure : failure;
  if (shownFailure === undefined) return null;
  return (
    <p class="notice warn" role="alert">
      <strong>
        <Prose text={shownFailure.message} />
      </strong>
      {shownFailure.hint === undefined ? undefined : (
        <span class="muted">
          <Prose text={shownFailure.hint} />
        </span>
      )}
    </p>
  );
}
