import {
  formatCount,
  formatDuration,
  formatSignificant,
  formatUsd,
} from "../../foundation/numbers/units.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { RunReport, SeriesSummary } from "../../schema/run/outcome/series-summary.ts";
import { describeFinding } from "../findings/describe-finding.ts";
import { plainPaint } from "../paint.ts";
import { describeIntegrity, isAltered } from "../runs/facts/describe-integrity.ts";
import { describeEnd } from "../runs/facts/describe-outcome.ts";
import { hasKnownSeed } from "../runs/facts/origin-text.ts";
import { cardFacts } from "../runs/card/result-card.ts";
import { detailCharts } from "./detail-charts.ts";
import type { ExportedSeries } from "./exported-series.ts";
import { type Cell, htmlFacts, htmlTable } from "./html-table.ts";
import { html, type HtmlText, htmlWithCode } from "./html-text.ts";
import { seriesCharts } from "./series-charts.ts";
import { systemFacts } from "./system-facts.ts";

/** One series: the card, the curves, a table of the runs, findings, and the system. */
export function seriesSection({ seriesId, name, summary, pages }: ExportedSeries): HtmlText {
  const reports = pages.flatMap(({ request, result }): RunReport[] =>
    result === undefined ? [] : [{ request, result }],
  );
  return html`<article>
    <h2>
      ${name}
      <span class="id"
        >${pages.length === 1 ? (pages[0]?.request.runId ?? seriesId) : seriesId}</span
      >
    </h2>
    ${summary === undefined ? undefined : card(summary, reports)} ${seriesCharts(pages)}
    ${detailCharts(pages)}
    <section>
      <h3>Runs</h3>
      ${runTable(pages, summary)}${records(pages)}
    </section>
    ${findings(summary, reports)}
    <section>
      <h3>System</h3>
      ${htmlFacts(systemFacts(pages))}
    </section>
  </article>`;
}

function card(summary: SeriesSummary, reports: readonly RunReport[]): HtmlText {
  // On a terminal, spaces separate the figure from the rest.
  const facts = cardFacts(summary, reports).map(([label = "", text = ""]): Fact => {
    const [figure = "", ...rest] = text.split(/ {2,}/u);
    return { label, figure, rest: rest.join(", ") };
  });
  const [first, ...more] = facts;
  return html`<section>
    <h3 class="hidden-text">Result</h3>
    ${first === undefined ? undefined : headline(first)}${htmlFacts(
      more.map(({ label, figure, rest }) => [label, rest === "" ? figure : `${figure}, ${rest}`]),
    )}
  </section>`;
}

interface Fact {
  label: string;
  figure: string;
  rest: string;
}

function headline({ label, figure, rest }: Fact): HtmlText {
  return html`<p class="headline">
    <span class="aside">${label}</span> ${figure} <span class="aside">${htmlWithCode(rest)}</span>
  </p>`;
}

function runTable(pages: readonly RunPage[], summary: SeriesSummary | undefined): HtmlText {
  const heads = ["run", "seed", "time to target", "best", "samples", "cost", "outcome"];
  return htmlTable(
    heads,
    pages.map((page) => runRow(page, summary)),
  );
}

function runRow(
  { request, result, progress, state }: RunPage,
  summary: SeriesSummary | undefined,
): Cell[] {
  const reached = result?.outcome.kind === "reached" ? result.outcome : undefined;
  return [
    numberCell(request.series.index, String),
    numberCell(hasKnownSeed(request) ? request.seed : undefined, String),
    numberCell(reached?.timeToTrainMs, formatDuration),
    numberCell(progress.best, (value) => formatSignificant(value, 4)),
    numberCell(reached?.samplesCount, formatCount),
    numberCell(result?.cost.kind === "priced" ? result.cost.billedUsd : undefined, formatUsd),
    result === undefined
      ? { text: state.kind, tone: "warn" }
      : {
          text: describeEnd(result, plainPaint) + droppedText(request.runId, summary),
          tone: reached === undefined ? "bad" : "good",
        },
  ];
}

/** An unknown value is a dash. */
function numberCell<Value>(value: Value | undefined, format: (value: Value) => string): Cell {
  return { text: value === undefined ? "–" : format(value), isNumber: true };
}

/** Whether the records are unchanged, once if it is the same for all. */
function records(pages: readonly RunPage[]): HtmlText {
  const texts = new Map<string, string[]>();
  for (const { integrity, request } of pages) {
    const text = describeIntegrity(integrity);
    texts.set(text, [...(texts.get(text) ?? []), String(request.series.index)]);
  }
  const lines = [...texts].map(([text, runs]) => {
    const which = texts.size === 1 ? "records" : `records of runs ${runs.join(", ")}`;
    return html`<span class="line-of-text">${which}: ${text}</span>`;
  });
  const isBad = pages.some(({ integrity }) => isAltered(integrity));
  return html`<p class="note ${isBad ? "bad" : ""}">${lines}</p>`;
}

function droppedText(runId: string, summary: SeriesSummary | undefined): string {
  if (summary?.score.kind !== "scored") return "";
  if (summary.score.droppedFastest.includes(runId)) return ", dropped: fastest";
  return summary.score.droppedSlowest.includes(runId) ? ", dropped: slowest" : "";
}

function findings(
  summary: SeriesSummary | undefined,
  reports: readonly RunReport[],
): HtmlText | undefined {
  const all = [
    ...(summary?.findings ?? []).map((finding) => ({ where: "", finding })),
    ...reports.flatMap(({ request, result }) =>
      result.findings.map((finding) => ({
        where: reports.length === 1 ? "" : `run ${request.series.index}: `,
        finding,
      })),
    ),
  ];
  if (all.length === 0) return undefined;
  const items = all.map(({ where, finding }) => {
    const { message, hint } = describeFinding(finding);
    return html`<li>
      <span class="warn">warning:</span> ${where}${htmlWithCode(message)}${
        hint === undefined ? undefined : html`<br /><span class="hint">${htmlWithCode(hint)}</span>`
      }
    </li>`;
  });
  return html`<section>
    <h3>Findings</h3>
    <ul>
      ${items}
    </ul>
  </section>`;
}
