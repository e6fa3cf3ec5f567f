import type { JSX } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import { compareResults } from "../../../src/atlas/compare/compare-results.ts";
import {
  describeCompareWarning,
  describeRefusal,
} from "../../../src/report/atlas/comparison-page.ts";
import type { Comparison } from "../../../src/schema/atlas/answers/comparison.ts";
import { curveAxes } from "../../../src/schema/atlas/answers/comparison.ts";
import { isEmpty } from "../../charts/run/chart-spec.ts";
import { clipChart, type XRange } from "../../charts/run/clip-chart.ts";
import { drawRunTimes } from "../../charts/atlas/draw-run-times.ts";
import { drawWaterfall } from "../../charts/atlas/draw-waterfall.ts";
import { runTimesChart, runTimesCsv } from "../../charts/atlas/run-times-chart.ts";
import { waterfallCsv, waterfallSteps } from "../../charts/atlas/waterfall-chart.ts";
import { ChartPanel } from "../../components/figures/chart.tsx";
import { DataTable } from "../../components/tables/data-table.tsx";
import { Panel } from "../../components/panel.tsx";
import { type DrawPlot, PlotPanel } from "../../components/figures/plot-panel.tsx";
import type { Atlas } from "../../live/atlas-documents.ts";
import { storeInAddress } from "../../router.ts";
import { FactTable } from "./fact-table.tsx";
import {
  axisWords,
  curvesChart,
  pairSentences,
  type CompareView,
  type ShownSubject,
} from "./view-model.ts";
import { Prose } from "../../components/prose.tsx";

interface BodyProps {
  atlas: Atlas;
  subjects: readonly ShownSubject[];
  view: CompareView;
}

/** The comparison, or the reasons why the results are not comparable. */
export function ComparisonBody({ atlas, subjects, view }: BodyProps): JSX.Element {
  const comparison = useMemo(
    () => compareResults(subjects, atlas.groups, view.axis),
    [subjects, atlas, view.axis],
  );
  const { refusals, warnings } = comparison;
  const isRefused = refusals.length > 0 && !view.isAnyway;
  return (
    <>
      {refusals.length > 0 ? (
        <Refusals comparison={comparison} isAnyway={view.isAnyway} />
      ) : undefined}
      {isRefused ? undefined : (
        <>
          {warnings.length === 0 ? undefined : (
            <ul class="warnings" aria-label="warnings">
              {warnings.map((warning) => (
                <li>
                  <Prose text={describeCompareWarning(warning)} />
                </li>
              ))}
            </ul>
          )}
          <div class="compare-grid">
            <div class="stack">
              <Verdicts comparison={comparison} />
              <RunTimes subjects={subjects} />
            </div>
            <div class="stack">
              <Split comparison={comparison} view={view} />
            </div>
            <Curves subjects={subjects} view={view} />
            <div class="wide">
              <FactTable comparison={comparison} showsAll={view.showsAll} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

function Refusals({
  comparison,
  isAnyway,
}: {
  comparison: Comparison;
  isAnyway: boolean;
}): JSX.Element {
  return (
    <div class="refusal" role={isAnyway ? "status" : "alert"}>
      <strong>
        {isAnyway
          ? "These results are not comparable; compared anyway"
          : "These results are not comparable"}
      </strong>
      <ul>
        {comparison.refusals.map((refusal) => (
          <li>
            <Prose text={describeRefusal(refusal)} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        onClick={() => storeInAddress({ anyway: isAnyway ? undefined : "yes" }, { asStep: true })}
      >
        {isAnyway ? "hide comparison" : "compare anyway"}
      </button>
    </div>
  );
}

function Verdicts({ comparison }: { comparison: Comparison }): JSX.Element {
  return (
    <Panel title="Which is faster" state={{ kind: "ready" }}>
      <ul class="verdicts">
        {comparison.pairs.map((pair) => {
          const [head, ...rest] = pairSentences(pair);
          return (
            <li>
              <strong>{head}</strong>
              {rest.map((line) => (
                <span>{line}</span>
              ))}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** Splits the time difference between the first result and another one. */
function Split({ comparison, view }: { comparison: Comparison; view: CompareView }): JSX.Element {
  const { pairs, subjects } = comparison;
  const pair = pairs.find(({ to }) => to === view.other) ?? pairs[0];
  const fromMs = subjects[0]?.measured.row.scoreMs;
  const steps = useMemo(
    () =>
      pair?.split.kind === "split" && fromMs !== undefined
        ? waterfallSteps(pair.split, fromMs, [pair.from, pair.to])
        : [],
    [pair, fromMs],
  );
  const draw: DrawPlot = useCallback((Plot, look) => drawWaterfall(Plot, steps, look), [steps]);
  return (
    <PlotPanel
      name="where-the-time-went"
      title="Where the time went"
      state={
        steps.length > 0
          ? { kind: "ready" }
          : {
              kind: "empty",
              text: (pair === undefined ? undefined : pairSentences(pair).at(-1)) ?? "Unknown.",
            }
      }
      note={
        pairs.length < 2 ? undefined : (
          <label class="field">
            to
            <select
              aria-label="second result"
              value={pair?.to}
              onChange={(event) => storeInAddress({ with: event.currentTarget.value })}
            >
              {pairs.map(({ to }) => (
                <option value={to}>{to}</option>
              ))}
            </select>
          </label>
        )
      }
      draw={draw}
      heightAt={() => 60 + 34 * Math.max(3, steps.length)}
      csv={() => waterfallCsv(steps)}
      table={() => (
        <DataTable
          caption="where the time went"
          heads={["step", "", "minutes before", "minutes after"]}
          rows={steps.map(({ label, text, fromMinutes, toMinutes }) => [
            label,
            text,
            fromMinutes.toPrecision(4),
            toMinutes.toPrecision(4),
          ])}
        />
      )}
      label={steps.map(({ label, text }) => `${label} ${text}`).join(", ")}
    />
  );
}

function RunTimes({ subjects }: { subjects: readonly ShownSubject[] }): JSX.Element {
  const chart = useMemo(() => runTimesChart(subjects), [subjects]);
  const draw: DrawPlot = useCallback((Plot, look) => drawRunTimes(Plot, chart, look), [chart]);
  return (
    <PlotPanel
      name="run-times"
      title="Run times"
      state={
        chart.points.length > 0
          ? { kind: "ready" }
          : { kind: "empty", text: "None of these results has runs with a time." }
      }
      draw={draw}
      heightAt={() => 60 + 36 * Math.max(2, chart.subjects.length)}
      csv={() => runTimesCsv(chart)}
      table={() => (
        <DataTable
          caption="run times"
          heads={["result", "run", "minutes", "counted"]}
          rows={chart.points.map(({ subject, run, minutes, isCounted }) => [
            subject,
            run,
            minutes.toFixed(2),
            isCounted ? "yes" : "no",
          ])}
        />
      )}
      label={`${chart.points.length} run times of ${chart.subjects.length} results`}
    >
      <ul class="chart-notes">
        <li>hollow: not counted in the score</li>
        {chart.notes.map((note) => (
          <li>
            <Prose text={note} />
          </li>
        ))}
      </ul>
    </PlotPanel>
  );
}

function Curves({
  subjects,
  view,
}: {
  subjects: readonly ShownSubject[];
  view: CompareView;
}): JSX.Element {
  const [range, setRange] = useState<XRange>();
  const { spec, absent } = useMemo(() => curvesChart(subjects, view.axis), [subjects, view.axis]);
  const shown = range === undefined ? spec : clipChart(spec, range);
  return (
    <div class="wide curves">
      <div class="axis-bar">
        <fieldset class="segments" aria-label="x axis of the curves">
          {curveAxes.map((axis) => (
            <label>
              <input
                type="radio"
                name="curve-axis"
                checked={axis === view.axis}
                onChange={() => {
                  setRange(undefined);
                  storeInAddress({ axis: axis === "clock" ? undefined : axis }, { asStep: true });
                }}
              />
              {axis === "samples" ? samplesWord(subjects) : axisWords[axis]}
            </label>
          ))}
        </fieldset>
      </div>
      <ChartPanel
        spec={shown}
        state={
          !isEmpty(spec)
            ? { kind: "ready" }
            : {
                kind: "empty",
                text: `None of these results has a curve by ${axisWords[view.axis]}.`,
              }
        }
        note={absent.length === 0 ? undefined : `not on this axis: ${absent.join(", ")}`}
        height={260}
        group="compare-curves"
        choose={setRange}
      />
    </div>
  );
}

/** The unit of samples, for example `epochs`, if all subjects have the same one. */
function samplesWord(subjects: readonly ShownSubject[]): string {
  const units = new Set(subjects.map(({ measured }) => measured.row.samplesUnit ?? "samples"));
  const [unit = "samples"] = units;
  return units.size === 1 ? unit : "samples";
}
