import { type ChartLine, lineStyleCount } from "./curve-chart.ts";
import { html, type HtmlText } from "./html-text.ts";

export function chartLegend(lines: readonly ChartLine[]): HtmlText {
  return html`<ul class="legend">
    ${lines.map(
      ({ label }, index) =>
        html`<li>
          <svg class="key" viewBox="0 0 28 8" aria-hidden="true">
            <g class="line line-${index % lineStyleCount}"><polyline points="1,4 27,4" /></g></svg
          >${label}
        </li>`,
    )}
  </ul>`;
}
