import { formatDuration, formatUsd } from "../../foundation/numbers/units.ts";
import type { SeriesSummary } from "../../schema/run/outcome/series-summary.ts";
import { formatTargets } from "../../schema/run/outcome/target-text.ts";
import { energyText } from "./energy-text.ts";
import type { ExportedSeries } from "./exported-series.ts";
import { html, type HtmlText } from "./html-text.ts";
import { type Cell, htmlTable } from "./html-table.ts";
import { pageStyle } from "./page-style.ts";
import { seriesSection } from "./series-section.ts";

/**
 * One HTML page with all runs: no script, no file and no request besides itself, so that it opens from a mail
 * attachment.
 */
export function exportPage(
  series: readonly ExportedSeries[],
  { version, nowMs }: { version: string; nowMs: number },
): string {
  const names = [...new Set(series.map(({ name }) => name))].join(", ");
  const day = new Date(nowMs).toISOString().slice(0, 16).replace("T", " ");
  // The style is the only text that is not escaped; it is a constant.
  const style: HtmlText = { markup: `<style>${pageStyle}</style>` };
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${names}: time to train</title>
        ${style}
      </head>
      <body>
        <main>
          <header>
            <p class="product">Pitwall</p>
            <h1>${names}</h1>
          </header>
          ${summarySection(series)} ${series.map((one) => seriesSection(one))}
          <footer>
            <p>
              Written by Pitwall ${version}, ${day} UTC. Times by MLPerf’s rules; results are not
              verified by MLCommons.
            </p>
          </footer>
        </main>
      </body>
    </html> `;
  return page.markup;
}

function summarySection(series: readonly ExportedSeries[]): HtmlText {
  const rows = series.map(({ name, pages, summary }) => [
    { text: name },
    ...(summary === undefined
      ? [{ text: `${pages.length} without a verdict`, isNumber: true }]
      : figureCells(summary)),
  ]);
  return html`<section>
    <h2>Summary</h2>
    ${htmlTable(
      ["series", "reached", "MLPerf mean", "median", "fastest", "slowest", "cost", "energy"],
      rows,
    )}${targetsNote(series)}
  </section>`;
}

function figureCells(summary: SeriesSummary): Cell[] {
  const { timeToTrainMs: times, reachedCount, completedCount, score, cost, energy } = summary;
  const figures = [
    `${reachedCount} of ${completedCount}`,
    timeText(score.kind === "scored" ? score.meanMs : undefined),
    timeText(times?.median),
    timeText(times?.minimum),
    timeText(times?.maximum),
    cost === undefined ? "–" : formatUsd(cost.billedUsd),
  ];
  return [...figures.map((text) => ({ text, isNumber: true })), { text: energyText(energy) }];
}

function timeText(ms: number | undefined): string {
  return ms === undefined ? "–" : formatDuration(ms);
}

function targetsNote(series: readonly ExportedSeries[]): HtmlText {
  const targets = new Set(
    series.flatMap(({ summary }) => (summary === undefined ? [] : (formatTargets(summary) ?? []))),
  );
  const hasMean = series.some(({ summary }) => summary?.score.kind === "scored");
  const mean = hasMean
    ? "The MLPerf mean drops the fastest and the slowest run."
    : "There is no MLPerf mean: it needs at least three runs that end.";
  return html`<p class="note">
    ${targets.size === 0 ? "" : `Target: ${[...targets].join("; ")}. `}${mean}
  </p>`;
}
