import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatSignificant } from "../../src/foundation/numbers/units.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";
import { hasBrowser, launchBrowser, openPage } from "./support/browser.ts";
import { resultOf, runPitwall } from "./support/program.ts";
import { serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

/** The terminal's text with single spaces and the signs of pages. */
function plain(text: string): string {
  return text.replaceAll(/\s+/gu, " ").replaceAll(">=", "≥").replaceAll("<=", "≤");
}

async function textsOf(page: Page, selector: string): Promise<string[]> {
  const texts = await page.locator(selector).allInnerTexts();
  return texts.map((text) => plain(text).trim()).filter((text) => text !== "");
}

function expectAllIn(texts: readonly string[], terminal: string): void {
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.filter((text) => !plain(terminal).includes(text))).toEqual([]);
}

/** Other pages: run in runs.test.ts, rcp in pages.test.ts, plan, atlas, compare, scaling, pareto and doctor in their own files. */
describe.skipIf(!hasBrowser)(`figures of pages and of the terminal${missing}`, () => {
  let browser: Browser;
  let home: string;
  let seriesId = "";
  let runIds: readonly string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    home = mkdtempSync(join(tmpdir(), "pitwall-figures-"));
    const training = writeTraining(home, { values: [0.31, 0.62, 0.95], everyMs: 40 });
    const words = ["run", ...readsAccuracy, "--runs", "3", "--price", "36/h", "--tag", "lr=0.1"];
    runPitwall(home, [...words, "--quiet", "--", ...training]);
    const rows: { seriesId: string; runIds: string[] }[] = resultOf(home, ["runs", "--group"]);
    seriesId = rows[0]?.seriesId ?? "";
    runIds = rows[0]?.runIds ?? [];
  });
  afterAll(async () => {
    await browser.close();
    rmSync(home, { recursive: true });
  });

  test("the list has the figures of `pitwall runs`, for series and for runs", async () => {
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs`);
    await page.locator(".series-table tbody td").first().waitFor();
    expectAllIn(
      await textsOf(page, ".series-table tbody td"),
      runPitwall(home, ["runs", "--group"]),
    );
    const runs = runPitwall(home, ["runs"]);
    expectAllIn(await textsOf(page, ".run-line .clock"), runs);
    expectAllIn(await textsOf(page, ".run-line .cost"), runs);
    expect(violations).toEqual([]);
  });

  test("the page of a series has the figures of `pitwall runs`", async () => {
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/series/${seriesId}`);
    await page.locator(".series-head .instrument-value").first().waitFor();
    const group = runPitwall(home, ["runs", "--group"]);
    expectAllIn(await textsOf(page, ".series-head .instrument-value"), group);
    const cells = await textsOf(page, "section[aria-label='Runs'] tbody td:nth-of-type(1)");
    expectAllIn(cells, runPitwall(home, ["runs"]));
    expect(violations).toEqual([]);
  });

  test("an overlay ends at the values of `pitwall show`", async () => {
    const { origin } = await serve(home);
    const address = `${origin}/overlay?runs=${runIds.join(",")}`;
    const { page, violations } = await openPage(browser, address);
    await page.locator(".chart-legend .value").first().waitFor();
    const last = runIds.map((runId) => {
      const [{ result }] = resultOf(home, ["show", runId]).runs;
      return formatSignificant(result.evaluations.at(-1).value, 4);
    });
    expect(await textsOf(page, ".chart-legend li:not(.at) .value")).toEqual(last);
    expect(violations).toEqual([]);
  });

  test("the page of a race has the table and the sentences of `pitwall race --show`", async () => {
    writeFileSync(
      join(home, "race.mjs"),
      "console.log(`val_acc=1 train_time:${100 * Number(process.argv[2])}ms`);",
    );
    const timed = ["--target", "val_acc>=1", "--clock", "train_time:(\\S+)ms", "--quiet"];
    runPitwall(home, ["race", "--runs", "6", ...timed, "node race.mjs 1", "node race.mjs 2"]);
    const terminal = runPitwall(home, ["race", "--show", "last"]);
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/races`);
    await page.getByRole("link", { name: /^race-/u }).click();
    await page.locator("section[aria-label='Arms'] td").first().waitFor();
    expectAllIn(await textsOf(page, "section[aria-label='Arms'] td"), terminal);
    expectAllIn(await textsOf(page, "section[aria-label='Which is faster'] strong"), terminal);
    expect(violations).toEqual([]);
  });
});
