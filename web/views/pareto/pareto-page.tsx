import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { paretoNotes } from "../../../src/report/atlas/pareto-table.ts";
import { measureHeads, mixedLabelNotes } from "../../../src/report/atlas/wording.ts";
import { countOf } from "../../../src/report/wording.ts";
import { measures, type Measure } from "../../../src/schema/atlas/answers/figures.ts";
import { familyHues, type FamilyHue } from "../../charts/atlas/families.ts";
import { frontChart, type FrontPoint } from "../../charts/atlas/front-chart.ts";
import { Command } from "../../components/command.tsx";
import { Panel, StateMessage } from "../../components/panel.tsx";
import { ResultsTable } from "../../components/tables/results-table.tsx";
import { SvgAxes, SvgFigure } from "../../components/figures/svg-figure.tsx";
import type { Atlas } from "../../live/atlas-documents.ts";
import { place, storeInAddress } from "../../router.ts";
import { AtlasFilters } from "../atlas/atlas-filters.tsx";
import { AtlasShell } from "../atlas/atlas-shell.tsx";
import { type AtlasView, readAtlasView, resultsCommand } from "../atlas/atlas-view.ts";
import { yLabels } from "../atlas/view-model.ts";
import {
  frontTable,
  paretoCommand,
  type ParetoView,
  paretoView,
  readObjectives,
  toggledObjective,
} from "./view-model.ts";
import { Prose } from "../../components/prose.tsx";

const objectiveWords: Readonly<Record<Measure, string>> = {
  system: "time",
  chip: "accelerator-time",
  dollar: "cost",
  kwh: "energy",
};

/** The Pareto-optimal results, as `pitwall pareto` prints them. */
export function ParetoPage(): JSX.Element {
  return <AtlasShell title="Pareto">{(atlas) => <ParetoBody atlas={atlas} />}</AtlasShell>;
}

function ParetoBody({ atlas }: { atlas: Atlas }): JSX.Element {
  const { query } = place.value;
  const text = JSON.stringify(query);
  const view = useMemo(() => readAtlasView(query, atlas.rows), [text, atlas]);
  const objectives = readObjectives(query["per"]);
  const found = useMemo(
    () => paretoView(atlas, view, objectives),
    [atlas, view, objectives.join()],
  );
  return (
    <>
      <AtlasFilters view={view} rows={atlas.rows}>
        <Objectives chosen={objectives} />
      </AtlasFilters>
      {found.kind === "unknown" ? (
        <StateMessage state={{ kind: "failed", message: found.message, hint: found.hint }} />
      ) : (
        <Front found={found} view={view} objectives={objectives} />
      )}
    </>
  );
}

function Objectives({ chosen }: { chosen: readonly Measure[] }): JSX.Element {
  return (
    <fieldset class="segments">
      <legend class="hidden-text">objectives, at least two</legend>
      {measures.map((measure) => (
        <label>
          <input
            type="checkbox"
            checked={chosen.includes(measure)}
            disabled={chosen.length === 2 && chosen.includes(measure)}
            onChange={() =>
              storeInAddress({ per: toggledObjective(chosen, measure) }, { asStep: true })
            }
          />
          {objectiveWords[measure]}
        </label>
      ))}
    </fieldset>
  );
}

function Front({
  found,
  view,
  objectives,
}: {
  found: Extract<ParetoView, { kind: "front" }>;
  view: AtlasView;
  objectives: readonly Measure[];
}): JSX.Element {
  const { front, hasOwn } = found;
  const heads = objectives.map((measure) => measureHeads[measure]).join(", ");
  if (front.members.length === 0)
    return (
      <StateMessage
        state={{
          kind: "empty",
          text: `No ${view.benchmark} result has all of ${heads}.`,
          command: resultsCommand(view.benchmark),
        }}
      />
    );
  return (
    <div class="page-stack">
      <FrontPanel found={found} benchmark={view.benchmark} objectives={objectives} />
      <Panel title="Front" note={heads} state={{ kind: "ready" }}>
        {mixedLabelNotes(front.mixedLabels).map((note) => (
          <p class="curve-verdict">mixed: {note}</p>
        ))}
        <ResultsTable
          label="Pareto-optimal results"
          benchmark={view.benchmark}
          {...frontTable(front)}
        />
        <ul class="chart-notes">
          {paretoNotes(front).map((note) => (
            <li>
              <Prose text={note} />
            </li>
          ))}
        </ul>
        <Command text={paretoCommand(view, objectives, hasOwn)} />
      </Panel>
    </div>
  );
}

function FrontPanel({
  found: { front, points },
  benchmark,
  objectives,
}: {
  found: Extract<ParetoView, { kind: "front" }>;
  benchmark: string;
  objectives: readonly Measure[];
}): JSX.Element {
  const [y = "system", x = "dollar"] = objectives;
  const words = objectives.map((one) => objectiveWords[one]).join(", ");
  const title = `Pareto-optimal in ${words}: ${benchmark}`;
  const hues = familyHues(points.toSorted(membersFirst).map(({ family }) => family));
  return (
    <Panel
      title={title}
      note={`${front.members.length} of ${countOf(front.candidateCount, "result")}`}
      state={{ kind: "ready" }}
    >
      <SvgFigure height={420} label={`${title}: ${yLabels[y]} against ${yLabels[x]}`}>
        {(size) => <FrontMarks points={points} hues={hues} x={x} y={y} size={size} />}
      </SvgFigure>
      <ul class="families curve-names" aria-label="accelerator families">
        {[...hues].map(([family, hue]) => (
          <li>
            <span class="swatch" style={{ color: `var(--family-${hue})` }} />
            <bdi>{family}</bdi>
          </li>
        ))}
      </ul>
      <ul class="chart-notes">
        <li>full color: on the front; faint: not on the front</li>
      </ul>
    </Panel>
  );
}

function membersFirst(a: FrontPoint, b: FrontPoint): number {
  return Number(b.isMember) - Number(a.isMember);
}

function FrontMarks({
  points,
  hues,
  x,
  y,
  size,
}: {
  points: readonly FrontPoint[];
  hues: ReadonlyMap<string, FamilyHue>;
  x: Measure;
  y: Measure;
  size: { width: number; height: number };
}): JSX.Element | null {
  const chart = frontChart(points, size);
  if (chart === undefined) return null;
  const { box } = chart;
  return (
    <>
      <SvgAxes
        box={box}
        xTicks={chart.xTicks}
        yTicks={chart.yTicks}
        titles={{ x: yLabels[x], y: yLabels[y] }}
      />
      {chart.points.map((point) => (
        <circle
          class={point.isMember ? "front-point member" : "front-point"}
          cx={point.left}
          cy={point.top}
          r={point.isMember ? 5.5 : 3.5}
          style={{ color: `var(--family-${hues.get(point.family) ?? 0})` }}
        >
          <title>{point.text}</title>
        </circle>
      ))}
    </>
  );
}
