import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { formatCount } from "../../../src/foundation/numbers/units.ts";
import { scaleCsv, scaleNotes } from "../../../src/report/atlas/scale-table.ts";
import { acceleratorText, figureText, measureHeads } from "../../../src/report/atlas/wording.ts";
import { measures, type MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import { saveFile } from "../../charts/save/save-file.ts";
import { Panel } from "../../components/panel.tsx";
import type { Atlas } from "../../live/atlas-documents.ts";
import { storeInAddress } from "../../router.ts";
import type { AtlasView } from "./atlas-view.ts";
import { ResultLink } from "./result-link.tsx";
import { bestText, scaleLines, type ScaleView, scaleView } from "./scale-model.ts";
import { Prose } from "../../components/prose.tsx";

/** The best of each accelerator vendor at system sizes near a scale, and at its largest size. */
export function ScalePanel({
  atlas,
  view,
  rows,
}: {
  atlas: Atlas;
  view: AtlasView;
  rows: readonly MeasuredRow[];
}): JSX.Element {
  const found = useMemo(
    () => scaleView(rows, atlas.accelerators, view),
    [rows, atlas, view.scale, view.filter.division],
  );
  const save = (): void => {
    if (found !== undefined)
      saveFile(
        `${view.benchmark}-at-${found.best.scale}.csv`,
        new Blob([scaleCsv(found.best)], { type: "text/csv" }),
      );
  };
  return (
    <Panel
      title="At your scale"
      note={found === undefined ? undefined : <code>{found.command}</code>}
      state={
        found === undefined
          ? {
              kind: "empty",
              text: `No ${view.filter.division ?? "closed"} ${view.benchmark} result with a known number of accelerators matches the filters.`,
            }
          : { kind: "ready" }
      }
      tools={
        <button
          type="button"
          data-kind="quiet"
          aria-label="save this comparison as CSV"
          onClick={save}
        >
          csv
        </button>
      }
    >
      {found === undefined ? undefined : (
        <>
          <ScaleChoice found={found} />
          <ScaleTable found={found} />
          <ul class="chart-notes">
            {scaleNotes(found.best).map((note) => (
              <li>
                <Prose text={note} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function ScaleChoice({ found }: { found: ScaleView }): JSX.Element {
  return (
    <label class="scale-choice">
      accelerators
      <select
        aria-label="scale in accelerators"
        value={String(found.best.scale)}
        onChange={(event) => storeInAddress({ at: event.currentTarget.value }, { asStep: true })}
      >
        {found.sizes.map((size) => (
          <option value={String(size)}>{formatCount(size)}</option>
        ))}
      </select>
    </label>
  );
}

function ScaleTable({ found }: { found: ScaleView }): JSX.Element {
  return (
    <div
      class="scroll-box scale-table"
      tabIndex={0}
      role="region"
      aria-label="accelerator vendors at a scale"
    >
      <table class="data-table">
        <thead>
          <tr>
            <th scope="col" class="left">
              vendor
            </th>
            <th scope="col" class="left">
              scale
            </th>
            <th scope="col">chips</th>
            {measures.map((measure) => (
              <th scope="col">{measureHeads[measure]}</th>
            ))}
            {["best in", "kind", "submitter", "round"].map((head) => (
              <th scope="col" class="left">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scaleLines(found.best).map((line) => (
            <tr data-row={line.measured.row.rowId}>
              <th scope="row" class="left">
                {line.vendor}
              </th>
              <td class="left">{line.place}</td>
              <td>{formatCount(line.measured.row.acceleratorCount ?? 0)}</td>
              {measures.map((measure) => (
                <td
                  data-column={measureHeads[measure]}
                  class={line.bestIn.includes(measure) ? "best" : ""}
                >
                  {figureText(line.measured, measure)}
                </td>
              ))}
              <td class="left">{bestText(line)}</td>
              <td class="left">{acceleratorText(line.measured.row)}</td>
              <td class="left">
                <ResultLink rowId={line.measured.row.rowId} text={line.measured.row.submitter} />
              </td>
              <td class="left">{line.measured.row.round}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
