import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import {
  heatmapMetrics,
  type HeatmapDocument,
  type HeatmapMetric,
} from "../../../../src/schema/dashboard/run-series.ts";
import type { ApiError } from "../../../api.ts";
import { fetchHeatmap } from "../../../requests/run.ts";
import { countOf } from "../../../../src/report/wording.ts";
import { heatAxes, type ClockZero, type HeatTick } from "../../../charts/run/heat-axes.ts";
import { drawHeatMap, heatCsv } from "../../../charts/run/heat-map.ts";
import { heatImages, heatSvg } from "../../../charts/run/heat-svg.ts";
import { paperPalette } from "../../../charts/palette.ts";
import { pngOfSvg } from "../../../charts/save/png-of-svg.ts";
import { saveFile } from "../../../charts/save/save-file.ts";
import { DataTable } from "../../../components/tables/data-table.tsx";
import { Panel, type PanelState } from "../../../components/panel.tsx";
import { screenPalette } from "../../../components/figures/screen-palette.ts";
import { asFailure } from "../../../live/follow.ts";
import { storeInAddress, place } from "../../../router.ts";
import { paletteVersion } from "../../../theme.ts";
import {
  cellText,
  columnCount,
  heatTable,
  metricNames,
  moveCell,
  rankOfCell,
  scaleTexts,
  type Cell,
} from "./heat-map-model.ts";

export const heatTitle = "Ranks over time";
const title = heatTitle;

/** A heat map of all ranks over time. Selecting a rank limits the charts to it. */
export function HeatMapPanel({
  runId,
  isRunning,
  durationMs,
  zero,
  firstMetric = "stepMs",
}: {
  runId: string;
  isRunning: boolean;
  /** Since launch. */
  durationMs: number;
  zero: ClockZero;
  /** Shown unless the address names another. Default: `stepMs`. */
  firstMetric?: HeatmapMetric;
}): JSX.Element {
  const { query } = place.value;
  const metric = heatmapMetrics.find((each) => each === query["heat"]) ?? firstMetric;
  const order = query["order"] === "mean" ? "mean" : "rank";
  const { heat, failure } = useHeatmap(runId, { metric, order, isRunning, durationMs });
  const isTable = (query["tables"] ?? "").split(",").includes("ranks");
  const tools = (
    <>
      <button
        type="button"
        data-kind="quiet"
        aria-pressed={order === "mean"}
        onClick={() => storeInAddress({ order: order === "mean" ? undefined : "mean" })}
      >
        slowest first
      </button>
      <button
        type="button"
        data-kind="quiet"
        aria-pressed={isTable}
        onClick={() => toggleTable(isTable)}
      >
        table
      </button>
      <SaveButtons heat={heat} metric={metric} zero={zero} subject={runId} />
    </>
  );
  return (
    <Panel
      title={title}
      state={stateOf(heat, failure)}
      tools={tools}
      note={<MetricChoice metric={metric} />}
    >
      {heat === undefined ? undefined : <HeatMap heat={heat} zero={zero} />}
      {heat === undefined || !isTable ? undefined : (
        <DataTable
          caption={`${metricNames[metric]} of each row`}
          heads={["rank", "mean", "maximum"]}
          rows={heatTable(heat)}
        />
      )}
    </Panel>
  );
}

function toggleTable(isShown: boolean): void {
  const others = (place.peek().query["tables"] ?? "")
    .split(",")
    .filter((name) => name !== "ranks" && name !== "");
  storeInAddress({ tables: [...others, ...(isShown ? [] : ["ranks"])].join(",") });
}

function stateOf(heat: HeatmapDocument | undefined, failure: ApiError | undefined): PanelState {
  if (heat === undefined) {
    return failure === undefined
      ? { kind: "loading" }
      : { kind: "failed", message: failure.message, hint: failure.hint };
  }
  if (heat.least !== undefined) return { kind: "ready" };
  return {
    kind: "empty",
    text: "No rank has reported step times. Built-in workloads report them; other programs can write samples.",
    command: "pitwall run digits --workers 2",
  };
}

/** Refetches the heat map while the run is in progress; shows the previous one until then. */
function useHeatmap(
  runId: string,
  options: { metric: HeatmapMetric; order: string; isRunning: boolean; durationMs: number },
): { heat: HeatmapDocument | undefined; failure: ApiError | undefined } {
  const { metric, order, isRunning } = options;
  const columns = useRef(0);
  columns.current = columnCount(options.durationMs);
  const [known, setKnown] = useState<{ heat?: HeatmapDocument; failure?: ApiError }>({});
  useEffect(() => {
    const unmount = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refetch = async (): Promise<void> => {
      try {
        const parameters = { metric, order, columns: columns.current, rows: 256 };
        setKnown({ heat: await fetchHeatmap(runId, parameters, unmount.signal) });
      } catch (error) {
        if (unmount.signal.aborted) return;
        setKnown((before) => ({ ...before, failure: asFailure(error) }));
      }
      if (isRunning) timer = setTimeout(() => void refetch(), 2000);
    };
    void refetch();
    return () => {
      unmount.abort();
      clearTimeout(timer);
    };
  }, [runId, metric, order, isRunning]);
  return { heat: known.heat, failure: known.failure };
}

function MetricChoice({ metric }: { metric: HeatmapMetric }): JSX.Element {
  return (
    <select
      aria-label="what the colors show"
      value={metric}
      onChange={(event) => storeInAddress({ heat: event.currentTarget.value }, { asStep: true })}
    >
      {heatmapMetrics.map((each) => (
        <option value={each}>{metricNames[each]}</option>
      ))}
    </select>
  );
}

function SaveButtons({
  heat,
  metric,
  zero,
  subject,
}: {
  heat: HeatmapDocument | undefined;
  metric: HeatmapMetric;
  zero: ClockZero;
  subject: string;
}): JSX.Element | null {
  if (heat === undefined) return null;
  const heading = `${subject}: ${title.toLowerCase()}, ${metricNames[metric]}`;
  return (
    <>
      {(["svg", "png", "csv"] as const).map((kind) => (
        <button
          type="button"
          data-kind="quiet"
          aria-label={`save ${title} as ${kind}`}
          onClick={() => void saveHeat(kind, { heading, subject }, { heat, zero })}
        >
          {kind}
        </button>
      ))}
    </>
  );
}

async function saveHeat(
  kind: "svg" | "png" | "csv",
  { heading, subject }: { heading: string; subject: string },
  shown: { heat: HeatmapDocument; zero: ClockZero },
): Promise<void> {
  const name = `${subject}-ranks.${kind}`;
  switch (kind) {
    case "csv":
      saveFile(name, new Blob([heatCsv(shown.heat)], { type: "text/csv" }));
      return;
    case "svg": {
      const svg = heatSvg(heading, shown, paperPalette);
      saveFile(name, new Blob([svg], { type: "image/svg+xml" }));
      return;
    }
    case "png":
      saveFile(
        name,
        await pngOfSvg(heatSvg(heading, shown, paperPalette), heatImages(shown.heat, paperPalette)),
      );
  }
}

function HeatMap({ heat, zero }: { heat: HeatmapDocument; zero: ClockZero }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<Cell>();
  const palette = paletteVersion.value;
  useLayoutEffect(() => {
    if (canvas.current !== null) drawHeatMap(canvas.current, heat, screenPalette());
  }, [heat, palette]);
  const choose = (chosen: Cell | undefined): void => {
    const rank = chosen === undefined ? undefined : rankOfCell(chosen, heat);
    if (rank !== undefined && heat.metric !== "powerWatts")
      storeInAddress({ rank: String(rank) }, { asStep: true });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") choose(cell);
    const next = moveCell(cell, event, heat);
    if (next === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (next !== undefined) setCell(next);
  };
  const axes = heatAxes(heat, zero);
  const [least, greatest] = scaleTexts(heat);
  return (
    <div class="heat">
      <RankAxis label={axes.rankLabel} ticks={axes.ranks} />
      <div
        class="heat-cells"
        role="application"
        tabIndex={0}
        aria-label="ranks over time: arrow keys move, Enter shows the charts of one rank"
        aria-describedby="heat-readout"
        onKeyDown={onKey}
        onPointerMove={(event) => setCell(cellAt(event, heat))}
        onPointerLeave={() => setCell(undefined)}
        onClick={(event) => choose(cellAt(event, heat))}
      >
        <canvas
          ref={canvas}
          width={heat.columns * 2}
          height={heat.rows < 32 ? 256 : 384}
          style={{ maxHeight: `${heat.rows * thickestRow}px` }}
        />
        {cell === undefined ? undefined : <CellFrame cell={cell} heat={heat} />}
      </div>
      <TimeAxis label={axes.timeLabel} ticks={axes.times} />
      <div class="heat-foot">
        <span id="heat-readout" class="heat-readout" aria-live="polite">
          {cell === undefined ? summaryText(heat) : cellText(cell, heat, zero)}
        </span>
        <span class="heat-scale">
          {least}
          <span class="heat-ramp" aria-hidden="true" />
          {greatest}
        </span>
      </div>
    </div>
  );
}

/** So that few ranks are rows instead of blocks. Pixels. */
const thickestRow = 40;

interface AxisProps {
  label: string;
  ticks: readonly HeatTick[];
}

function RankAxis({ label, ticks }: AxisProps): JSX.Element {
  return (
    <div class="heat-ranks" aria-hidden="true">
      <span class="heat-axis">{label}</span>
      {ticks.map(({ at, text }) => (
        <span class="heat-tick" style={{ top: `${at * 100}%` }}>
          {text}
        </span>
      ))}
    </div>
  );
}

function TimeAxis({ label, ticks }: AxisProps): JSX.Element {
  return (
    <div class="heat-times" aria-hidden="true">
      {ticks.map(({ at, text }) => (
        <span class="heat-tick" style={{ left: `${at * 100}%` }}>
          {text}
        </span>
      ))}
      <span class="heat-axis">{label}</span>
    </div>
  );
}

/** The cell at the pointer. */
function cellAt(event: PointerEvent | MouseEvent, { columns, rows }: HeatmapDocument): Cell {
  const box = (
    event.currentTarget instanceof Element ? event.currentTarget : document.body
  ).getBoundingClientRect();
  return {
    column: cellNumber((event.clientX - box.left) / box.width, columns),
    row: cellNumber((event.clientY - box.top) / box.height, rows),
  };
}

function cellNumber(fraction: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(fraction * count)));
}

function CellFrame({ cell, heat }: { cell: Cell; heat: HeatmapDocument }): JSX.Element {
  return (
    <span
      class="heat-cell"
      style={{
        left: `${(cell.column / heat.columns) * 100}%`,
        top: `${(cell.row / heat.rows) * 100}%`,
        width: `${100 / heat.columns}%`,
        height: `${100 / heat.rows}%`,
      }}
    />
  );
}

function summaryText({ rows, ranksPerRow, metric }: HeatmapDocument): string {
  const count = ranksPerRow.reduce((sum, ranks) => sum + ranks.length, 0);
  const what = countOf(count, metric === "powerWatts" ? "accelerator" : "rank");
  if (count === rows) return what;
  return `${what} in ${countOf(rows, "row")}, each with its largest value`;
}
