import type { RunPage } from "../../schema/run/run-page.ts";
import { formatTarget } from "../../schema/run/outcome/target-text.ts";
import { curveChart, type CurveChart } from "./curve-chart.ts";
import { chartLegend } from "./chart-legend.ts";
import { html, type HtmlText } from "./html-text.ts";
import { timeAxis } from "./time-axis.ts";

const wideWidth = 860;
const narrowWidth = 330;

/** The curves of a series' runs, drawn for wide and for narrow screens; the style shows one of them. */
export function seriesCharts(pages: readonly RunPage[]): HtmlText {
  const withCurves = pages.filter(({ progress }) => progress.evaluations.length > 0);
  const [first] = withCurves;
  if (first === undefined)
    return html`<section>
      <h3>Curves</h3>
      <p class="note">No evaluations were read.</p>
    </section>`;
  const chart = chartOf(withCurves, first);
  return html`<section class="curves">
    <h3>${chart.yLabel}</h3>
    <div class="wide">${curveChart(chart, wideWidth)}</div>
    <div class="narrow">${curveChart(chart, narrowWidth)}</div>
    ${withCurves.length === 1 ? undefined : chartLegend(chart.lines)}
  </section>`;
}

function chartOf(pages: readonly RunPage[], first: RunPage): CurveChart {
  const target = first.result?.target ?? first.request.target;
  const yLabel = target?.metric ?? "quality";
  const lastMs = pages.map(({ progress }) => progress.evaluations.at(-1)?.clockMs ?? 0);
  const axis = timeAxis(Math.max(...lastMs));
  const lines = pages.map(({ request, progress }) => ({
    label: `run ${request.series.index}, seed ${request.seed}`,
    points: progress.evaluations.map((evaluation) => ({
      x: evaluation.clockMs / axis.unitMs,
      y: evaluation.value,
    })),
  }));
  return {
    title: `${yLabel} of ${pages.length} runs over time`,
    xLabel: `time (${axis.unit})`,
    yLabel,
    lines,
    target: target === undefined ? undefined : { y: target.value, label: formatTarget(target) },
  };
}
