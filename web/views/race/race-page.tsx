import { formatDuration } from "../../../src/foundation/numbers/units.ts";
import type { JSX } from "preact";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import { describeFinding } from "../../../src/report/findings/describe-finding.ts";
import { raceVerdicts, raceWarnings } from "../../../src/report/race/race-verdict.ts";
import { type RaceDocument, raceDocument } from "../../../src/schema/dashboard/race.ts";
import { drawRaceCurves, drawRaceTimes } from "../../charts/race/draw-race.ts";
import {
  hueOfArm,
  raceCurvesChart,
  raceCurvesCsv,
  raceTimesChart,
  raceTimesCsv,
} from "../../charts/race/race-chart.ts";
import { DataTable } from "../../components/tables/data-table.tsx";
import { Link } from "../../components/link.tsx";
import { PageMessage, Panel } from "../../components/panel.tsx";
import { type DrawPlot, PlotPanel } from "../../components/figures/plot-panel.tsx";
import type { PageProps } from "../../page-props.ts";
import { followDocument, followedState } from "../../live/followed-document.ts";
import { armTable, raceLine, targetTable } from "./view-model.ts";
import { Prose } from "../../components/prose.tsx";

/** One race: the answer, the arms, the curves of all runs, and their times. */
export function RacePage({ parts }: PageProps): JSX.Element {
  const { raceId = "" } = parts;
  const state = useMemo(() => followedState<RaceDocument>(), [raceId]);
  useEffect(() => {
    const unmount = new AbortController();
    const path = `api/races/${encodeURIComponent(raceId)}/stream`;
    void followDocument(state, { path, event: "race", schema: raceDocument }, unmount.signal);
    return () => unmount.abort();
  }, [state, raceId]);
  const { document: race, failure } = state.value;
  if (race === undefined) {
    return (
      <PageMessage
        title={`Race ${raceId}`}
        state={
          failure === undefined
            ? { kind: "loading" }
            : { kind: "failed", message: failure.message, hint: failure.hint }
        }
      />
    );
  }
  const line = raceLine(race.report);
  return (
    <>
      <div class="page-head">
        <h1>{race.report.raceId}</h1>
        <span class="note">
          {[line.state, line.target, line.arms, line.runs].filter((text) => text !== "").join(", ")}
        </span>
      </div>
      <Warnings race={race} />
      <div class="race-grid">
        <Answer race={race} />
        <Times race={race} />
        <div class="wide">
          <Curves race={race} />
        </div>
        <div class="wide">
          <Arms race={race} />
        </div>
        <div class="wide">
          <Runs race={race} />
        </div>
      </div>
    </>
  );
}

function Warnings({ race }: { race: RaceDocument }): JSX.Element | null {
  const findings = race.report.findings.map(({ finding }) => describeFinding(finding).message);
  // Several arms often have the same finding.
  const texts = [...new Set([...raceWarnings(race.report), ...findings])];
  if (texts.length === 0) return null;
  return (
    <ul class="warnings" aria-label="warnings">
      {texts.map((text) => (
        <li>
          <Prose text={text} />
        </li>
      ))}
    </ul>
  );
}

function Answer({ race }: { race: RaceDocument }): JSX.Element {
  const verdicts = raceVerdicts(race.report);
  return (
    <Panel
      title="Which is faster"
      state={
        verdicts.length === 0
          ? { kind: "empty", text: "No second arm has started yet." }
          : { kind: "ready" }
      }
    >
      <ul class="verdicts">
        {verdicts.map(({ text, detail }) => (
          <li>
            <strong>
              <Prose text={text} />
            </strong>
            {detail === undefined ? undefined : <span>{detail}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Arms({ race }: { race: RaceDocument }): JSX.Element {
  const { heads, rows } = armTable(race.report);
  const targets = targetTable(race.report);
  return (
    <Panel title="Arms" state={{ kind: "ready" }}>
      <DataTable caption="arms of the race" heads={heads} rows={rows} />
      {targets.rows.length === 0 ? undefined : (
        <>
          <h3 class="race-targets">Each target on its own</h3>
          <DataTable caption="each target on its own" heads={targets.heads} rows={targets.rows} />
        </>
      )}
    </Panel>
  );
}

function Curves({ race }: { race: RaceDocument }): JSX.Element {
  const chart = useMemo(() => raceCurvesChart(race), [race]);
  const draw: DrawPlot = useCallback((Plot, look) => drawRaceCurves(Plot, chart, look), [chart]);
  return (
    <PlotPanel
      name="race-curves"
      title={`${chart.metric} of all runs`}
      state={
        chart.points.length > 0
          ? { kind: "ready" }
          : { kind: "empty", text: "No run has an evaluation yet." }
      }
      note={<Legend race={race} />}
      draw={draw}
      heightAt={(width) => Math.min(320, Math.max(200, width * 0.4))}
      csv={() => raceCurvesCsv(chart)}
      label={`${chart.metric} of ${race.curves.length} runs over the clock`}
    />
  );
}

function Legend({ race }: { race: RaceDocument }): JSX.Element {
  return (
    <span class="race-legend">
      {race.report.arms.map(({ arm, letter, name }) => (
        <span>
          <i style={{ background: `var(--family-${hueOfArm(arm)})` }} />
          {letter} {name}
        </span>
      ))}
    </span>
  );
}

function Times({ race }: { race: RaceDocument }): JSX.Element {
  const chart = useMemo(() => raceTimesChart(race), [race]);
  const draw: DrawPlot = useCallback((Plot, look) => drawRaceTimes(Plot, chart, look), [chart]);
  const hasMissed = chart.times.some(({ isReached }) => !isReached);
  return (
    <PlotPanel
      name="race-times"
      title="Times to target"
      state={
        chart.times.length > 0
          ? { kind: "ready" }
          : { kind: "empty", text: "No run has ended yet." }
      }
      draw={draw}
      heightAt={() => 60 + 40 * Math.max(2, chart.labels.length)}
      csv={() => raceTimesCsv(chart)}
      label={`${chart.times.length} times of ${chart.labels.length} arms`}
    >
      <ul class="chart-notes">
        <li>line: median</li>
        {hasMissed ? <li>hollow, at the right end: missed the target</li> : undefined}
      </ul>
    </PlotPanel>
  );
}

/** The runs in the order in which they ran. */
function Runs({ race }: { race: RaceDocument }): JSX.Element {
  const runs = race.report.arms
    .flatMap((arm) => arm.runs.map((run) => ({ letter: arm.letter, ...run })))
    .toSorted((a, b) => a.order - b.order);
  return (
    <Panel title="Runs" state={{ kind: "ready" }}>
      <ol class="race-runs">
        {runs.map(({ runId, letter, seed, state, timeToTrainMs, isWarmup }) => (
          <li>
            <Link to={{ path: `/runs/${runId}`, query: {} }}>
              {letter} seed {seed}
            </Link>{" "}
            {isWarmup === true ? "warm-up, " : ""}
            {timeToTrainMs === undefined ? state : formatDuration(timeToTrainMs)}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
