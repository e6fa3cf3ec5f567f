import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { plainPaint } from "../../../src/report/paint.ts";
import {
  coverageLines,
  scalingNotes,
  scalingTerms,
  scalingVerdict,
} from "../../../src/report/atlas/scaling-page.ts";
import type {
  ScalingReport,
  ScalingStudy,
} from "../../../src/schema/atlas/answers/scaling-study.ts";
import { curveName, scalingCurvesChart } from "../../charts/atlas/scaling-curves-chart.ts";
import { Command } from "../../components/command.tsx";
import { Panel, StateMessage } from "../../components/panel.tsx";
import { ResultsTable } from "../../components/tables/results-table.tsx";
import { SvgAxes, SvgFigure } from "../../components/figures/svg-figure.tsx";
import type { Atlas } from "../../live/atlas-documents.ts";
import { place } from "../../router.ts";
import { AtlasFilters } from "../atlas/atlas-filters.tsx";
import { AtlasShell } from "../atlas/atlas-shell.tsx";
import { readAtlasView, resultsCommand } from "../atlas/atlas-view.ts";
import { curveTable, scalingCommand, scalingView } from "./view-model.ts";
import { Prose } from "../../components/prose.tsx";

const fields = ["round", "submitter", "accelerator", "availability"] as const;

/** Time against the number of accelerators, as `pitwall scaling` prints it. */
export function ScalingPage(): JSX.Element {
  return <AtlasShell title="Scaling">{(atlas) => <ScalingBody atlas={atlas} />}</AtlasShell>;
}

function ScalingBody({ atlas }: { atlas: Atlas }): JSX.Element {
  const { query } = place.value;
  const text = JSON.stringify(query);
  const view = useMemo(() => readAtlasView(query, atlas.rows), [text, atlas]);
  const found = useMemo(() => scalingView(atlas, view), [atlas, view]);
  return (
    <>
      <AtlasFilters view={view} rows={atlas.rows} fields={fields} />
      {found.kind === "curves" ? (
        <Curves
          report={found.report}
          curves={found.curves}
          benchmark={view.benchmark}
          command={scalingCommand(view)}
        />
      ) : (
        <StateMessage
          state={
            found.kind === "none"
              ? { kind: "empty", text: found.text, command: resultsCommand(view.benchmark) }
              : { kind: "failed", message: found.message, hint: found.hint }
          }
        />
      )}
    </>
  );
}

function Curves({
  report,
  curves,
  benchmark,
  command,
}: {
  report: ScalingReport;
  curves: readonly ScalingStudy[];
  benchmark: string;
  command: string;
}): JSX.Element {
  const title = `Time to train against accelerators: ${benchmark}`;
  return (
    <div class="page-stack">
      <Panel title={title} note={report.rounds.join(", ")} state={{ kind: "ready" }}>
        <SvgFigure height={420} label={`${title}, ${curves.length} curves`}>
          {(size) => <Marks curves={curves} size={size} />}
        </SvgFigure>
        <ul class="families curve-names" aria-label="curves">
          {curves.map((study, index) => (
            <li>
              <span
                class={index < 11 ? "swatch" : "swatch hollow"}
                style={{ color: `var(--family-${1 + (index % 11)})` }}
              />
              <a href={`#curve-${index}`}>
                <bdi>{curveName(study)}</bdi>
              </a>
            </li>
          ))}
        </ul>
        <ul class="chart-notes">
          <li>dotted: perfect scaling from the smallest system of each curve</li>
          {coverageLines(report).map((line) => (
            <li>
              <Prose text={line} />
            </li>
          ))}
        </ul>
        <Command text={command} />
      </Panel>
      {curves.map((study, index) => (
        <CurvePanel study={study} id={`curve-${index}`} />
      ))}
      <ul class="chart-notes">
        {scalingTerms(curves).map((line) => (
          <li>
            <Prose text={line} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Marks({
  curves,
  size,
}: {
  curves: readonly ScalingStudy[];
  size: { width: number; height: number };
}): JSX.Element | null {
  const chart = scalingCurvesChart(curves, size);
  if (chart === undefined) return null;
  return (
    <>
      <SvgAxes
        box={chart.box}
        xTicks={chart.xTicks}
        yTicks={chart.yTicks}
        titles={{ x: "accelerators", y: "time to train" }}
      />
      {chart.curves.map(({ name, hue, isDashed, path, points, ideal }) => (
        <g class="scaling-curve" style={{ color: `var(--family-${hue})` }}>
          <path class="ideal" d={ideal} />
          <path class={isDashed ? "dashed" : ""} d={path} />
          {points.map(({ text, x, y }) => (
            <circle cx={x} cy={y} r={4}>
              <title>{`${name}: ${text}`}</title>
            </circle>
          ))}
        </g>
      ))}
    </>
  );
}

function CurvePanel({ study, id }: { study: ScalingStudy; id: string }): JSX.Element {
  const { columns, lines } = curveTable(study);
  const name = curveName(study);
  return (
    <Panel
      title={name}
      heading={<bdi>{name}</bdi>}
      note={study.rounds.join(", ")}
      state={{ kind: "ready" }}
      id={id}
    >
      {scalingVerdict(study, plainPaint).map((line) => (
        <p class="curve-verdict">{line}</p>
      ))}
      <ResultsTable
        label={`sizes of ${name}`}
        benchmark={study.benchmark}
        columns={columns}
        lines={lines}
      />
      <ul class="chart-notes">
        {scalingNotes(study, plainPaint).map((line) => (
          <li>
            <Prose text={line} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
