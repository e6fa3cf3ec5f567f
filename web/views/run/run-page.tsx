import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { OtherState } from "../../components/panel.tsx";
import { Prose } from "../../components/prose.tsx";
import { WhenSeen } from "../../components/when-seen.tsx";
import type { PageProps } from "../../page-props.ts";
import { place } from "../../router.ts";
import { BudgetPanel, EventsPanel, RulesPanel, SystemPanel } from "./fact-panels.tsx";
import { HeatMapPanel } from "./heat-map-panel.tsx";
import { LogPanel } from "./log-panel.tsx";
import { RunCharts } from "./run-charts.tsx";
import { RunHeader } from "./run-header.tsx";
import { fetchDetail, followRun, runState, type RunState } from "./run-state.ts";
import { streamedSeries } from "./shown-series.ts";
import { readXAxis } from "./x-axis.ts";

/** One run: live while it goes on, and its record afterwards. */
export function RunPage({ parts }: PageProps): JSX.Element {
  const { runId = "" } = parts;
  const [state] = useState(() => runState(runId));
  useRun(state);
  const run = state.run.value;
  const failure = state.failure.value;
  if (run === undefined) {
    return (
      <OtherState
        state={
          failure === undefined
            ? { kind: "loading" }
            : { kind: "failed", message: failure.message, hint: failure.hint }
        }
      />
    );
  }
  const { detail } = run;
  const isRunning = detail.state.kind === "running";
  return (
    <article class="run-page">
      <Notices state={state} />
      <RunHeader run={run} connection={state.connection.value} />
      <RunCharts run={run} />
      <div class="panel-grid">
        <WhenSeen class="wide" minHeight={320}>
          {() => (
            <HeatMapPanel
              runId={runId}
              isRunning={isRunning}
              durationMs={detail.result?.clock.billedMs ?? detail.progress.launchedForMs}
            />
          )}
        </WhenSeen>
        <BudgetPanel detail={detail} />
        <EventsPanel detail={detail} />
        <RulesPanel rules={detail.rules} />
        <SystemPanel detail={detail} />
        <WhenSeen class="wide" minHeight={320}>
          {() => <LogPanel runId={runId} tail={run.log} />}
        </WhenSeen>
      </div>
    </article>
  );
}

/** What the stream does not tell comes up as a run goes on: further series, ranks and axes. */
const askAgainMs = 5000;

/** Fetches the run and follows it; another axis or rank is another stream. */
function useRun(state: RunState): void {
  const { query } = place.value;
  const xAxis = readXAxis(query["x"]);
  const rankText = query["rank"];
  const isKnown = state.run.value !== undefined;
  useEffect(() => {
    const leave = new AbortController();
    void fetchUntilThere(state, leave.signal);
    return () => leave.abort();
  }, [state]);
  const isRunning = state.run.value?.detail.state.kind === "running";
  useEffect(() => {
    if (!isRunning) return undefined;
    const leave = new AbortController();
    const timer = setInterval(() => void fetchDetail(state, leave.signal), askAgainMs);
    return () => {
      leave.abort();
      clearInterval(timer);
    };
  }, [state, isRunning]);
  useEffect(() => {
    if (!isKnown) return undefined;
    const leave = new AbortController();
    const rank = rankText === undefined ? undefined : Number(rankText);
    const question = { names: streamedSeries, xAxis, rank, width: bucketWidth() };
    void followRun(state, question, leave.signal);
    return () => leave.abort();
  }, [state, isKnown, xAxis, rankText]);
}

/** A server that is not there yet may come; a run that is not there will not. */
async function fetchUntilThere(state: RunState, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await fetchDetail(state, stop);
    const failure = state.failure.peek();
    if (failure === undefined || (failure.status !== undefined && failure.status < 500)) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** No chart is wider than the window; a bucket for each of its pixels is as exact as it can be seen. */
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
        <span class="muted">
          What is shown is what this page still knew; reloading will not find it.
        </span>
      </p>
    );
  }
  const told = connection.kind === "failed" ? connection.failure : failure;
  if (told === undefined) return null;
  return (
    <p class="notice warn" role="alert">
      <strong>
        <Prose text={told.message} />
      </strong>
      {told.hint === undefined ? undefined : (
        <span class="muted">
          <Prose text={told.hint} />
        </span>
      )}
    </p>
  );
}
