import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { referenceChart } from "../../../src/report/export/reference-chart.ts";
import type { FittedColumn } from "../../../src/report/fitted-table.ts";
import { pointColumns, submittedColumns } from "../../../src/report/logs/reference-page.ts";
import type { ReferenceCurve } from "../../../src/schema/logs/reference-curve.ts";
import type { ReferencesDocument } from "../../../src/schema/dashboard/references-page.ts";
import { assumedEditionText } from "../../../src/report/logs/rule-source-text.ts";
import type { ApiError } from "../../api.ts";
import { fetchReferences } from "../../requests/references.ts";
import { saveFile } from "../../charts/save/save-file.ts";
import { Command } from "../../components/command.tsx";
import { Link } from "../../components/link.tsx";
import { Prose } from "../../components/prose.tsx";
import { Panel, StateMessage } from "../../components/panel.tsx";
import { useWidth } from "../../components/use-width.ts";
import { asFailure } from "../../live/follow.ts";
import { place, storeInAddress } from "../../router.ts";

/** The reference convergence points of a benchmark, and a series beside them, as `pitwall rcp` shows them. */
export function RcpPage(): JSX.Element {
  const { benchmark, edition, series } = place.value.query;
  const [{ shown, failure }, setKnown] = useState<{
    shown?: ReferencesDocument;
    failure?: ApiError;
  }>({});
  useEffect(() => {
    const unmount = new AbortController();
    fetchReferences({ benchmark, edition, series }, unmount.signal).then(
      (found) => setKnown({ shown: found }),
      (error: unknown) => {
        if (!unmount.signal.aborted) setKnown({ failure: asFailure(error) });
      },
    );
    return () => unmount.abort();
  }, [benchmark, edition, series]);
  return (
    <>
      <div class="page-head">
        <h1>Reference convergence points</h1>
      </div>
      {shown === undefined ? (
        <StateMessage
          state={
            failure === undefined
              ? { kind: "loading" }
              : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      ) : (
        <References shown={shown} series={series} />
      )}
    </>
  );
}

interface ReferencesProps {
  shown: ReferencesDocument;
  series: string | undefined;
}

function References({ shown, series }: ReferencesProps): JSX.Element {
  const { curve } = shown;
  const { benchmark, edition } = curve;
  const title = `${benchmark}, ${edition}`;
  const save = (): void =>
    saveFile(`rcp-${benchmark}.svg`, new Blob([referenceChart(curve)], { type: "image/svg+xml" }));
  return (
    <>
      <Choices shown={shown} series={series} />
      <div class="page-stack">
        <Panel
          title={title}
          note={`${curve.unit} to converge`}
          state={{ kind: "ready" }}
          tools={
            <button
              type="button"
              data-kind="quiet"
              aria-label={`save ${title} as svg`}
              onClick={save}
            >
              svg
            </button>
          }
        >
          <div class="rcp-body">
            <Chart curve={curve} />
            <div class="rcp-tables">
              <Rows label="reference points" columns={pointColumns} rows={curve.points} />
              {curve.submitted.length === 0 ? undefined : (
                <Rows label="results" columns={submittedColumns} rows={curve.submitted} />
              )}
            </div>
          </div>
          <ul class="chart-notes">
            {curve.assumedEdition === undefined ? undefined : (
              <li class="warn">
                <Prose text={assumedEditionText(curve.assumedEdition)} />
              </li>
            )}
            <li>
              A result whose runs need fewer {curve.unit} on average than accepted fails the
              convergence check of MLPerf.
            </li>
          </ul>
          <Command text={commandOf(shown, series)} />
        </Panel>
      </div>
    </>
  );
}

/** Drawn for its width, so that its texts have the size of the page's. */
function Chart({ curve }: { curve: ReferenceCurve }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const markup = width === 0 ? "" : referenceChart(curve, { isInPage: true, width });
  return (
    <div
      ref={box}
      class="rcp-chart"
      // Every inserted text was escaped where the drawing was made.
      dangerouslySetInnerHTML={{ __html: markup }}
    />
  );
}

/** Another benchmark has other editions and is not that of the series. */
function choose(name: "benchmark" | "edition", value: string): void {
  const others = name === "benchmark" ? { edition: undefined, series: undefined } : {};
  storeInAddress({ ...others, [name]: value }, { asStep: true });
}

function Choices({ shown: { benchmarks, curve }, series }: ReferencesProps): JSX.Element {
  return (
    <form class="atlas-filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <Choice name="benchmark" value={curve.benchmark} choices={benchmarks} />
      <Choice name="edition" value={curve.edition} choices={curve.editions} />
      {series === undefined ? undefined : (
        <button
          type="button"
          onClick={() => storeInAddress({ series: undefined }, { asStep: true })}
        >
          <bdi>{series}</bdi> <span aria-hidden="true">×</span>
          <span class="hidden-text">show the references only</span>
        </button>
      )}
      <Link to={{ path: "/atlas", query: { benchmark: curve.benchmark } }} class="end">
        results in the atlas
      </Link>
    </form>
  );
}

function Choice({
  name,
  value,
  choices,
}: {
  name: "benchmark" | "edition";
  value: string;
  choices: readonly string[];
}): JSX.Element {
  return (
    <label>
      {name}
      <select
        aria-label={name}
        value={value}
        onChange={(event) => choose(name, event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option value={choice}>{choice}</option>
        ))}
      </select>
    </label>
  );
}

/** A table with all columns of the terminal's. */
function Rows<Row>({
  label,
  columns,
  rows,
}: {
  label: string;
  columns: readonly FittedColumn<Row>[];
  rows: readonly Row[];
}): JSX.Element {
  const classOf = ({ align }: FittedColumn<Row>): string => (align === "left" ? "left" : "");
  return (
    <div class="scroll-box scale-table" tabIndex={0} role="region" aria-label={label}>
      <table class="data-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" class={classOf(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map((column) => (
                <td class={classOf(column)} data-column={column.head}>
                  <bdi>{column.cell(row)}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The command that prints the same and draws the same chart. */
function commandOf({ curve }: ReferencesDocument, series: string | undefined): string {
  const compared = series === undefined ? "" : ` ${series}`;
  return `pitwall rcp ${curve.benchmark}${compared} --edition ${curve.edition} --svg rcp.svg`;
}
