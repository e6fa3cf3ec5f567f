import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";
import { formatCount, formatSignificant } from "../../../src/foundation/numbers/units.ts";
import { basisLines } from "../../../src/report/atlas/gains-table.ts";
import { acceleratorText, middleRunMark, numberText } from "../../../src/report/atlas/wording.ts";
import type { Gains } from "../../../src/schema/atlas/answers/gains.ts";
import { drawGains } from "../../charts/atlas/draw-gains.ts";
import { gainsChart, gainsCsv, type GainsChart } from "../../charts/atlas/gains-chart.ts";
import { DataTable } from "../../components/tables/data-table.tsx";
import { type DrawPlot, PlotPanel } from "../../components/figures/plot-panel.tsx";
import type { Atlas } from "../../live/atlas-documents.ts";
import type { AtlasView } from "./atlas-view.ts";
import { gainsOf } from "./view-model.ts";
import { Prose } from "../../components/prose.tsx";

const emptyGains: GainsChart = {
  title: "Gains over rounds",
  y: { from: 1, to: 2 },
  lines: [],
  moore: [],
};

/** The gain of each round's best result over that of the first round, compared with Moore's law. */
export function GainsPanel({ atlas, view }: { atlas: Atlas; view: AtlasView }): JSX.Element {
  const filterText = JSON.stringify(view.filter);
  const all = useMemo(() => {
    const { system, chip } = gainsOf(atlas.rows, view, atlas.groups);
    return [system, chip].flatMap((outcome) => (outcome.kind === "gains" ? [outcome.gains] : []));
  }, [atlas, filterText]);
  const chart = useMemo(() => gainsChart(all), [all]);
  const shown = chart ?? emptyGains;
  const draw: DrawPlot = useCallback((Plot, look) => drawGains(Plot, shown, look), [shown]);
  return (
    <PlotPanel
      name={`gains-${view.benchmark}`}
      title={shown.title}
      note={
        chart === undefined ? undefined : (
          <code>{`pitwall gains --benchmark ${view.benchmark}`}</code>
        )
      }
      state={
        chart === undefined
          ? { kind: "empty", text: "Gains require results from at least two rounds." }
          : { kind: "ready" }
      }
      draw={draw}
      heightAt={(width) => (width < 500 ? 230 : 270)}
      csv={() => gainsCsv(all)}
      table={() => <GainsTable all={all} />}
      label={all.map(gainText).join("; ")}
    >
      <ul class="chart-notes">
        {all.map((gains) => (
          <li>{gainText(gains)}</li>
        ))}
        {[...new Set(all.flatMap(basisLines))].map((line) => (
          <li class="warn">
            <Prose text={line} />
          </li>
        ))}
        {all[0]?.steps.flatMap(({ round, change }) =>
          change.kind === "none"
            ? []
            : [<li class="warn">{`not comparable across ${round}: ${change.reason}`}</li>],
        )}
      </ul>
    </PlotPanel>
  );
}

/** `best system: 34.1x from v0.5 to v3.1, Moore's law 5.66x`. */
export function gainText(gains: Gains): string {
  const { per, steps, totalGain, mooreGain, withinLastGroup, best } = gains;
  const what = per === "system" ? "best system" : "best per chip";
  const to = steps.at(-1)?.round ?? "";
  const moore = mooreGain === undefined ? "" : `; Moore's law gives ${ratioText(mooreGain)}x`;
  const comparable =
    withinLastGroup === undefined
      ? ""
      : `; comparable: ${ratioText(withinLastGroup.gain)}x from ${withinLastGroup.from}`;
  const from = steps[0]?.round ?? "";
  const bestText =
    best.gain > totalGain ? `${ratioText(best.gain)}x from ${from} to ${best.round}, ` : "";
  return `${what}: ${bestText}${ratioText(totalGain)}x from ${from} to ${to}${comparable}${moore}`;
}

function ratioText(ratio: number): string {
  return ratio >= 100 ? formatCount(ratio) : formatSignificant(ratio, 3);
}

function GainsTable({ all }: { all: readonly Gains[] }): JSX.Element {
  const rows = all.flatMap(({ per, basis, steps }) =>
    steps.map(({ round, publishedOn, value, gainOverFirst, mooreGain, row }) => [
      round,
      per === "system" ? "system" : "chip",
      publishedOn ?? "",
      `${basis === "score" ? "" : middleRunMark}${numberText(value / 60_000)}`,
      `${ratioText(gainOverFirst)}x`,
      mooreGain === undefined ? "" : `${ratioText(mooreGain)}x`,
      row.acceleratorCount === undefined ? "" : formatCount(row.acceleratorCount),
      acceleratorText(row),
      row.submitter,
    ]),
  );
  return (
    <DataTable
      caption="gains over rounds"
      heads={[
        "round",
        "best",
        "published",
        "minutes",
        "gain",
        "Moore",
        "chips",
        "kind",
        "submitter",
      ]}
      rows={rows}
    />
  );
}
