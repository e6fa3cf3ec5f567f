import type { JSX } from "preact";
import { hrefOf } from "../../router.ts";

/** A table of results as the terminal prints it; the cell of the submitter links to the result in the atlas. */
export function ResultsTable({
  label,
  benchmark,
  columns,
  lines,
}: {
  label: string;
  benchmark: string;
  columns: readonly { head: string; isText: boolean }[];
  lines: readonly { rowId: string; cells: readonly string[] }[];
}): JSX.Element {
  const classOf = (index: number): string => (columns[index]?.isText === true ? "left" : "");
  return (
    <div class="scroll-box scale-table" tabIndex={0} role="region" aria-label={label}>
      <table class="data-table">
        <thead>
          <tr>
            {columns.map(({ head }, index) => (
              <th scope="col" class={classOf(index)}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ rowId, cells }) => (
            <tr data-row={rowId}>
              {cells.map((cell, index) => (
                <td class={classOf(index)} data-column={columns[index]?.head}>
                  {columns[index]?.head === "submitter" ? (
                    <a href={hrefOf({ path: "/atlas", query: { benchmark, row: rowId } })}>
                      <bdi>{cell}</bdi>
                    </a>
                  ) : (
                    <bdi>{cell}</bdi>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
