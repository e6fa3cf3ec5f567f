import type { JSX } from "preact";
import { csvText } from "../../../src/foundation/tables/csv.ts";
import type { Comparison } from "../../../src/schema/atlas/answers/comparison.ts";
import { Panel } from "../../components/panel.tsx";
import { saveFile } from "../../charts/save/save-file.ts";
import { storeInAddress } from "../../router.ts";
import { factTable } from "./view-model.ts";

/** The differences between the results, or all their fields. */
export function FactTable({
  comparison,
  showsAll,
}: {
  comparison: Comparison;
  showsAll: boolean;
}): JSX.Element {
  const { heads, rows } = factTable(comparison, showsAll);
  const save = (): void => {
    const lines = [["", ...heads], ...rows.map(({ head, cells }) => [head, ...cells])];
    saveFile("comparison.csv", new Blob([csvText(lines)], { type: "text/csv" }));
  };
  return (
    <Panel
      title={showsAll ? "All fields" : "What differs"}
      state={rows.length > 0 ? { kind: "ready" } : { kind: "empty", text: "No differences." }}
      tools={
        <>
          <button
            type="button"
            data-kind="quiet"
            aria-pressed={showsAll}
            onClick={() => storeInAddress({ all: showsAll ? undefined : "yes" })}
          >
            show identical fields
          </button>
          <button
            type="button"
            data-kind="quiet"
            aria-label="save this table as CSV"
            onClick={save}
          >
            csv
          </button>
        </>
      }
    >
      <Facts heads={heads} rows={rows} showsAll={showsAll} />
    </Panel>
  );
}

type FactsProps = ReturnType<typeof factTable> & { showsAll: boolean };

function Facts({ heads, rows, showsAll }: FactsProps): JSX.Element {
  return (
    <div class="scroll-box result-table" tabIndex={0} role="region" aria-label="differences">
      <table class="data-table">
        <thead>
          <tr>
            <th scope="col" class="left">
              <span class="hidden-text">field</span>
            </th>
            {heads.map((head) => (
              <th scope="col" class="left">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ head, cells, differs }) => (
            <tr class={differs || !showsAll ? "" : "muted"}>
              <th scope="row" class="left">
                {head}
              </th>
              {cells.map((cell) => (
                <td class="left">{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
