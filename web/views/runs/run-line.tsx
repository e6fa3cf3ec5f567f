import type { JSX } from "preact";
import { Gauge } from "../../components/figures/gauge.tsx";
import { Link } from "../../components/link.tsx";
import { Sparkline } from "../../components/figures/sparkline.tsx";
import type { RunRow } from "./view-model.ts";

/** One row of the list. */
export function RunLine({
  row,
  position,
  isActive,
  isPicked,
  toggle,
}: {
  row: RunRow;
  position: { index: number; offset: number };
  isActive: boolean;
  isPicked: boolean;
  toggle: (runId: string) => void;
}): JSX.Element {
  return (
    <div
      id={`run-${row.runId}`}
      class="run-line"
      role="row"
      aria-rowindex={position.index + 2}
      aria-selected={isActive}
      style={{ transform: `translateY(${position.offset}px)` }}
    >
      <span class="pick" role="gridcell">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`select ${row.runId}`}
          checked={isPicked}
          onChange={() => toggle(row.runId)}
        />
      </span>
      <NameAndState row={row} />
      <span class="started" role="gridcell" title={row.runId}>
        {row.started}
      </span>
      <span class="clock number" role="gridcell">
        {row.clock}
      </span>
      <span class="estimate number" role="gridcell">
        {row.estimate}
        <small>{row.range}</small>
      </span>
      <QualityAndCurve row={row} />
      <span class="cost number" role="gridcell">
        {row.cost}
      </span>
      <span class="energy number" role="gridcell" title={row.energySource}>
        {row.energy}
        <small>{row.energyLabel}</small>
      </span>
    </div>
  );
}

function NameAndState({ row }: { row: RunRow }): JSX.Element {
  const to = { path: `/runs/${encodeURIComponent(row.runId)}`, query: {} };
  return (
    <>
      <span class="name" role="gridcell" title={[...row.tags, row.note].join("\n")}>
        <Link to={to}>{row.name}</Link>
        <small>{[row.detail, ...row.tags].join(", ")}</small>
      </span>
      <span class={`state mood-${row.mood}`} role="gridcell">
        {row.state}
        <small class="warn" title={row.stateNote}>
          {row.stateNote}
        </small>
      </span>
    </>
  );
}

function QualityAndCurve({ row }: { row: RunRow }): JSX.Element {
  return (
    <>
      <span class="quality" role="gridcell">
        <span class="quality-text">
          {row.best} <small>{row.target}</small>
        </span>
        {row.fraction === undefined || row.best === "" ? undefined : (
          <Gauge
            fraction={row.fraction}
            label={`${Math.round(row.fraction * 100)} % of the way to ${row.target}`}
          />
        )}
      </span>
      <span class="curve" role="gridcell">
        <Sparkline values={row.spark} label={`${row.sparkLabel} so far`} />
        <small>{row.spark.length < 2 ? "" : row.sparkLabel}</small>
      </span>
    </>
  );
}
