import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import { xAxes, type SeriesBuckets } from "../../../src/schema/dashboard/run-series.ts";
import type { ApiError } from "../../api.ts";
import { fetchRun, fetchSeries } from "../../requests/run.ts";
import { isEmpty } from "../../charts/run/chart-spec.ts";
import { ChartPanel } from "../../components/figures/chart.tsx";
import { Prose } from "../../components/prose.tsx";
import { Link } from "../../components/link.tsx";
import { Panel, StateMessage } from "../../components/panel.tsx";
import { asFailure } from "../../live/follow.ts";
import { place, storeInAddress } from "../../router.ts";
import { readIds } from "../atlas/atlas-view.ts";
import { maxOverlaid } from "../runs/picked-runs.ts";
import { axisNames, readXAxis } from "../run/charts/x-axis.ts";
import {
  differingFacts,
  metricsOf,
  overlayChart,
  runLabel,
  runsWithout,
  seriesOfMetric,
  type OverlayView,
} from "./view-model.ts";

const maxSmoothing = 0.99;

/** Any runs on one chart, and what differs between them. */
export function OverlayPage(): JSX.Element {
  const { query } = place.value;
  const runIds = readIds(query["runs"]).slice(0, maxOverlaid);
  const { details, failure } = useDetails(runIds);
  return (
    <>
      <div class="page-head">
        <h1>Overlay</h1>
        <AddRun runIds={runIds} />
      </div>
      {failure === undefined ? undefined : (
        <p class="notice warn" role="alert">
          <strong>
            <Prose text={failure.message} />
          </strong>
        </p>
      )}
      {runIds.length === 0 ? (
        <StateMessage
          state={{
            kind: "empty",
            text: "No runs selected. Select series in the list of runs, or add the id of a run above. A series to start with:",
            command: "pitwall run digits --runs 5",
          }}
        />
      ) : details.length > 0 ? (
        <Overlay details={details} />
      ) : failure === undefined ? (
        <StateMessage state={{ kind: "loading" }} />
      ) : undefined}
    </>
  );
}

function AddRun({ runIds }: { runIds: readonly string[] }): JSX.Element {
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem("run");
        if (!(field instanceof HTMLInputElement) || field.value.trim() === "") return;
        storeInAddress({ runs: [...runIds, field.value.trim()].join(",") }, { asStep: true });
        field.value = "";
      }}
    >
      <input name="run" aria-label="id of a run to add" placeholder="run id" />
      <button type="submit">add</button>
    </form>
  );
}

function useDetails(runIds: readonly string[]): {
  details: readonly RunDetail[];
  failure: ApiError | undefined;
} {
  const [known, setKnown] = useState<{ details: readonly RunDetail[]; failure?: ApiError }>({
    details: [],
  });
  const key = runIds.join(",");
  useEffect(() => {
    const unmount = new AbortController();
    const load = async (): Promise<void> => {
      const read = await Promise.allSettled(runIds.map((runId) => fetchRun(runId, unmount.signal)));
      if (unmount.signal.aborted) return;
      const failed = read.find((each) => each.status === "rejected");
      setKnown({
        details: read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])),
        ...(failed === undefined ? {} : { failure: asFailure(failed.reason) }),
      });
    };
    void load();
    return () => unmount.abort();
  }, [key]);
  return { details: known.details, failure: known.failure };
}

function Overlay({ details }: { details: readonly RunDetail[] }): JSX.Element {
  const { query } = place.value;
  const metrics = metricsOf(details);
  const view: OverlayView = {
    runIds: details.map(({ runId }) => runId),
    metric: query["metric"] ?? metrics[0] ?? "",
    xAxis: readXAxis(query["x"], details[0]?.xAxes),
    smoothing: Math.max(0, Math.min(maxSmoothing, Number(query["smooth"] ?? 0) || 0)),
    isLog: query["log"] === "yes",
  };
  const bucketsOf = useBuckets(details, view);
  const absent = runsWithout(details, view.metric);
  const runs = details.map((detail) => ({ detail, buckets: bucketsOf.get(detail.runId) }));
  const spec = useMemo(
    () => overlayChart(runs, view),
    [bucketsOf, view.smoothing, view.isLog, view.metric, view.xAxis],
  );
  return (
    <>
      <Controls view={view} metrics={metrics} />
      <ChartPanel
        spec={spec}
        state={
          isEmpty(spec)
            ? { kind: "empty", text: `No run has \`${view.metric}\` on this axis.` }
            : { kind: "ready" }
        }
        note={absent.length === 0 ? undefined : `without ${view.metric}: ${absent.join("; ")}`}
        height={420}
        group="overlay"
        choose={() => undefined}
      />
      {details.length < 2 ? undefined : <Differences details={details} />}
    </>
  );
}

function useBuckets(
  details: readonly RunDetail[],
  { metric, xAxis }: OverlayView,
): ReadonlyMap<string, SeriesBuckets> {
  const [known, setKnown] = useState<ReadonlyMap<string, SeriesBuckets>>(new Map());
  const key = [...details.map(({ runId }) => runId), metric, xAxis].join("\n");
  useEffect(() => {
    const unmount = new AbortController();
    const load = async (): Promise<void> => {
      const read = await Promise.all(
        details.map(async (detail) => {
          const series = seriesOfMetric(detail, metric);
          if (series === undefined) return [];
          const parameters = { names: series.name, x: xAxis, width: 800 };
          // A run without this axis has no line.
          const document = await fetchSeries(detail.runId, parameters, unmount.signal).catch(
            () => undefined,
          );
          const buckets = document?.series[0];
          return buckets === undefined ? [] : [[detail.runId, buckets] as const];
        }),
      );
      if (!unmount.signal.aborted) setKnown(new Map(read.flat()));
    };
    void load();
    return () => unmount.abort();
  }, [key]);
  return known;
}

function Controls({
  view,
  metrics,
}: {
  view: OverlayView;
  metrics: readonly string[];
}): JSX.Element {
  return (
    <div class="axis-bar">
      <label>
        metric{" "}
        <select
          value={view.metric}
          onChange={(event) =>
            storeInAddress({ metric: event.currentTarget.value }, { asStep: true })
          }
        >
          {metrics.map((metric) => (
            <option value={metric}>{metric}</option>
          ))}
        </select>
      </label>
      <label>
        over{" "}
        <select
          value={view.xAxis}
          onChange={(event) => storeInAddress({ x: event.currentTarget.value }, { asStep: true })}
        >
          {xAxes.map((axis) => (
            <option value={axis}>{axisNames[axis]}</option>
          ))}
        </select>
      </label>
      <label>
        smoothing{" "}
        <input
          type="range"
          min="0"
          max={maxSmoothing}
          step="0.01"
          value={view.smoothing}
          onInput={(event) => storeInAddress({ smooth: event.currentTarget.value })}
        />{" "}
        {view.smoothing}
      </label>
      <label>
        <input
          type="checkbox"
          checked={view.isLog}
          onChange={() => storeInAddress({ log: view.isLog ? undefined : "yes" })}
        />{" "}
        logarithmic
      </label>
    </div>
  );
}

/** The runs, and the fields of configuration and environment in which they differ. */
function Differences({ details }: { details: readonly RunDetail[] }): JSX.Element {
  const facts = differingFacts(details);
  return (
    <div class="overlay-differences">
      <Panel
        title="What differs"
        state={
          facts.length === 0
            ? { kind: "empty", text: "The runs differ in none of these fields." }
            : { kind: "ready" }
        }
        note="of command, seed, environment, system, limits, target and tags"
      >
        <div
          class="scroll-box"
          tabIndex={0}
          role="region"
          aria-label="differences between the runs"
        >
          <table class="data-table">
            <thead>
              <tr>
                <th scope="col">field</th>
                {details.map((detail) => (
                  <th scope="col" key={detail.runId}>
                    <Link to={{ path: `/runs/${encodeURIComponent(detail.runId)}`, query: {} }}>
                      <bdi>{runLabel(detail)}</bdi>
                    </Link>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {facts.map(({ field, values }) => (
                <tr key={field}>
                  <th scope="row">{field}</th>
                  {values.map((value) => (
                    <td>
                      <bdi>{value}</bdi>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
    </div>
  );
}
