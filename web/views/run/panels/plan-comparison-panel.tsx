import type { JSX } from "preact";
import {
  comparedRows,
  notMeasuredText,
  ranOnText,
} from "../../../../src/report/runs/page/plan-comparison-text.ts";
import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import { Panel } from "../../../components/panel.tsx";

/** How far the plan of the run was off, part by part; nothing for a run without a plan. */
export function PlanComparisonPanel({
  comparison,
}: {
  comparison: RunDetail["planComparison"];
}): JSX.Element | undefined {
  if (comparison === undefined) return undefined;
  return (
    <Panel
      title="Against the plan"
      state={
        comparison.parts.length === 0
          ? { kind: "empty", text: "Nothing of the plan was measured." }
          : { kind: "ready" }
      }
      note={[comparison.goal, ranOnText(comparison), notMeasuredText(comparison)]
        .filter(Boolean)
        .join("; ")}
    >
      <table class="budget">
        <thead>
          <tr>
            <th scope="col" class="left">
              part
            </th>
            <th scope="col">predicted</th>
            <th scope="col">p10 … p90</th>
            <th scope="col">got</th>
            <th scope="col">off</th>
            <th scope="col">inside</th>
          </tr>
        </thead>
        <tbody>
          {comparedRows(comparison).map(({ part, predicted, range, got, off, inside, how }) => (
            <tr key={part} title={how}>
              <th scope="row" class="left">
                {part}
              </th>
              <td class="predicted">{predicted}</td>
              <td class="predicted">{range}</td>
              <td>{got}</td>
              <td>{off}</td>
              <td class={inside === "no" ? "warn" : undefined}>{inside}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
