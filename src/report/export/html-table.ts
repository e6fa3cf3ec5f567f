import { html, type HtmlText, htmlWithCode } from "./html-text.ts";

export interface Cell {
  text: string;
  /** Aligned to the right. */
  isNumber?: boolean;
  tone?: "good" | "bad" | "warn";
}

/** A table that scrolls sideways on narrow screens. */
export function htmlTable(heads: readonly string[], rows: readonly (readonly Cell[])[]): HtmlText {
  const isNumber = heads.map((_, index) => rows.some((row) => row[index]?.isNumber === true));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="table: ${heads[0] ?? ""}">
    <table>
      <thead>
        <tr>
          ${heads.map((head, index) => html`<th scope="col" class="${isNumber[index] === true ? "number" : ""}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cellText)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cellText({ text, isNumber = false, tone }: Cell): HtmlText {
  const names = [isNumber ? "number" : "words", tone ?? ""].filter((name) => name !== "").join(" ");
  return html`<td class="${names}">${text}</td>`;
}

/** Labels with texts. */
export function htmlFacts(facts: readonly (readonly [string, string])[]): HtmlText {
  return html`<dl>
    ${facts.map(
      ([label, text]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${htmlWithCode(text)}</dd>
        </div>`,
    )}
  </dl>`;
}
