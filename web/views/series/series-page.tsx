import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import {
  seriesPageDocument,
  type SeriesPageDocument,
} from "../../../src/schema/dashboard/series.ts";
import { isEmpty } from "../../charts/run/chart-spec.ts";
import { ChartPanel } from "../../components/figures/chart.tsx";
import { Link } from "../../components/link.tsx";
import { PageMessage, Panel } from "../../components/panel.tsx";
import { followDocument, followedState } from "../../live/followed-document.ts";
import type { PageProps } from "../../page-props.ts";
import { seedRows, seedsChart, textsOf, timeDots } from "./view-model.ts";

/** One series: MLPerf's mean, the seeds over each other, how their times are distributed, and the runs. */
export function SeriesPage({ parts }: PageProps): JSX.Element {
  const { seriesId = "" } = parts;
  const state = useMemo(() => followedState<SeriesPageDocument>(), [seriesId]);
  useEffect(() => {
    const unmount = new AbortController();
    const path = `api/series/${encodeURIComponent(seriesId)}/stream`;
    const source = { path, event: "series", schema: seriesPageDocument };
    void followDocument(state, source, unmount.signal);
    return () => unmount.abort();
  }, [state, seriesId]);
  const { document: page, failure } = state.value;
  if (page === undefined) {
    return (
      <PageMessage
        title={`Series ${seriesId}`}
        state={
          failure === undefined
            ? { kind: "loading" }
            : { kind: "failed", message: failure.message, hint: failure.hint }
        }
      />
    );
  }
  return (
    <>
      <Head page={page} />
      <div class="race-grid">
        <div class="wide">
          <Seeds page={page} />
        </div>
        <Times page={page} />
        <Runs page={page} />
      </div>
    </>
  );
}

function Head({ page }: { page: SeriesPageDocument }): JSX.Element {
  const { row } = page;
  const { mean, median, range, reached, target, cost, tags } = textsOf(row);
  const figures = [
    ["MLPerf mean", mean === "" ? "–" : mean],
    ["median", median],
    ["range", range],
    ["reached", reached],
    ["cost", cost],
  ].filter(([, value]) => value !== "");
  return (
    <header class="series-head">
      <div>
        <p class="crumbs">
          <Link to={{ path: "/runs", query: {} }}>Runs</Link>
          <span aria-hidden="true"> / </span>
          <span class="mono">{row.seriesId}</span>
        </p>
        <h1>
          <bdi>{row.name}</bdi>
        </h1>
        <p class="muted">{[target, tags].filter((text) => text !== "").join(", ")}</p>
        <p class="run-actions">
          <Link class="button" to={{ path: "/overlay", query: { runs: row.runIds.join(",") } }}>
            overlay the runs
          </Link>
          <Link class="button" to={{ path: "/compare", query: { ids: `own/${row.seriesId}` } }}>
            compare
          </Link>
          <Link class="button" to={{ path: "/atlas", query: { row: `own/${row.seriesId}` } }}>
            in the atlas
          </Link>
          {page.referenceBenchmark === undefined ? undefined : (
            <Link
              class="button"
              to={{
                path: "/rcp",
                query: { benchmark: page.referenceBenchmark, series: row.seriesId },
              }}
            >
              convergence (RCP)
            </Link>
          )}
        </p>
      </div>
      <dl class="instruments">
        {figures.map(([label, value]) => (
          <div class="instrument">
            <dt class="instrument-label">{label}</dt>
            <dd class="instrument-value">{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function Seeds({ page }: { page: SeriesPageDocument }): JSX.Element {
  const spec = useMemo(() => seedsChart(page), [page]);
  return (
    <ChartPanel
      spec={spec}
      state={
        isEmpty(spec)
          ? {
              kind: "empty",
              text: "No run has an evaluation yet.",
              command: "pitwall run digits --runs 5",
            }
          : { kind: "ready" }
      }
      note="dotted: dropped or not counted"
      height={280}
      group={`series-${page.row.seriesId}`}
      choose={() => undefined}
    />
  );
}

function Times({ page }: { page: SeriesPageDocument }): JSX.Element {
  const times = timeDots(page);
  return (
    <Panel
      title="Times to train"
      state={
        times === undefined
          ? {
              kind: "empty",
              text: "Two runs must reach the target.",
              command: "pitwall run digits --runs 5",
            }
          : { kind: "ready" }
      }
      note="hollow: dropped or not counted; line: MLPerf mean"
    >
      {times === undefined ? undefined : (
        <div class="time-dots">
          <div class="time-line">
            {times.meanAt === undefined ? undefined : (
              <span class="time-mean" style={{ left: `${times.meanAt * 100}%` }} />
            )}
            {times.dots.map(({ runId, label, at, isCounted }) => (
              <span
                key={runId}
                class={isCounted ? "time-dot" : "time-dot hollow"}
                role="img"
                aria-label={label}
                title={label}
                style={{ left: `${at * 100}%` }}
              />
            ))}
          </div>
          <div class="time-ends muted">
            <span>{times.from}</span>
            <span>{times.to}</span>
          </div>
        </div>
      )}
    </Panel>
  );
}

function Runs({ page }: { page: SeriesPageDocument }): JSX.Element {
  return (
    <Panel title="Runs" state={{ kind: "ready" }}>
      <div class="scroll-box" tabIndex={0} role="region" aria-label="runs of the series">
        <table class="data-table">
          <thead>
            <tr>
              {["seed", "time to train", page.target?.metric ?? "quality", "outcome", "score"].map(
                (head) => (
                  <th scope="col">{head}</th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {seedRows(page).map(({ runId, seed, time, quality, outcome, use }) => (
              <tr key={runId}>
                <td>
                  <Link to={{ path: `/runs/${encodeURIComponent(runId)}`, query: {} }}>{seed}</Link>
                </td>
                <td>{time}</td>
                <td>{quality}</td>
                <td>{outcome}</td>
                <td>{use}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
