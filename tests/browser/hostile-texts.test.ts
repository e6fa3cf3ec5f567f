import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownResultsFolder } from "../../src/store/results/results-folders.ts";
import { writeResults } from "../../src/store/results/write-results.ts";
import { diskRunStore } from "../../src/store/records/disk-run-store.ts";
import { exampleRequest } from "../support/example-run.ts";
import { resultOf } from "../support/result-rows.ts";
import { hasBrowser, launchBrowser, openPage } from "./support/browser.ts";
import { newHome } from "./support/program.ts";
import { serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

let browser: Browser;

const runId = "hostile-1";
const rowId = "mlperf-training/v9.0/hostile/bert";

/** Texts from outside, and how pages show them. */
const texts = [
  { name: "a script", text: "<script>alert(1)</script>", shown: "<script>alert(1)</script>" },
  {
    name: "an image with a handler",
    text: '"><img src=x onerror=alert(1)>',
    shown: '"><img src=x onerror=alert(1)>',
  },
  { name: "a bidi override", text: "safe\u202egpj.exe", shown: "safe⟨U+202E⟩gpj.exe" },
  {
    name: "escape sequences",
    text: "\u001b[31mred\u001b]0;title\u0007",
    shown: "␛[31mred␛]0;title␇",
  },
  { name: "right-to-left letters", text: "\u05d0\u05d1\u05d2", shown: "\u05d0\u05d1\u05d2" },
];

/** A home with a run and an imported result whose names and log lines are all `text`. */
async function homeWith(text: string): Promise<string> {
  const home = newHome();
  const request = exampleRequest({
    runId,
    startable: { kind: "command", name: text, command: [text, text], cwd: "/", env: {} },
    reading: { metrics: [{ metric: text, pattern: "acc=([0-9.]+)" }] },
    target: { metric: text, direction: "at-least", value: 0.9 },
    system: { system_name: text, number_of_nodes: 1, accelerators_per_node: 0 },
  });
  const created = await diskRunStore(home).create(request);
  if (created.kind !== "created") throw new Error(created.kind);
  const { writer } = created;
  await writer.appendEvent({ kind: "created", pid: 1 }, request.createdMs);
  await writer.appendLog(Buffer.from(`${text}\nacc=0.5\n${text}\n`));
  await writer.close();
  const row = resultOf({ rowId, round: "v9.0", submitter: text, system: text, systemName: text });
  const round = {
    manifest: {
      suite: row.suite,
      round: row.round,
      sourceRepository: text,
      licence: "none",
      changes: "none",
      logCount: 0,
      missing: [],
    },
    rows: [{ ...row, framework: text, note: text, source: text }],
    runs: [{ rowId, run: text, fate: "counted" as const, timeToTrainMs: 600_000 }],
    curves: [],
  };
  await writeResults(ownResultsFolder(home), round, "test");
  return home;
}

/** Elements that only a text interpreted as HTML can create. */
function injectedCount(page: Page): Promise<number> {
  return page.evaluate<number>(
    `document.querySelectorAll("img, [onerror], body script, iframe").length`,
  );
}

/** Characters in the page that could reorder or control the text around them. */
function controlCount(page: Page): Promise<number> {
  return page.evaluate<number>(
    String.raw`(document.body.innerText.match(/\p{Bidi_Control}|(?![\n\t\r])\p{Cc}/gu) ?? []).length`,
  );
}

/** Whether each number follows its name from left to right where the two are written together. */
function isInOrder(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const parts = [...element.querySelectorAll("bdi")].map((part) => part.getBoundingClientRect());
    return parts.length > 1 && parts.every((part, index) =>
      index === 0 || part.top > parts[index - 1].top || part.left >= parts[index - 1].right - 1);
  })()`);
}

describe.skipIf(!hasBrowser)(`texts from outside in a browser${missing}`, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test.each(texts)("$name stays text on every page, in order", async ({ text, shown }) => {
    const { origin } = await serve(await homeWith(text));
    const { page, violations } = await openPage(browser, `${origin}/runs`);
    const check = async (): Promise<void> => {
      expect([await injectedCount(page), await controlCount(page)]).toEqual([0, 0]);
    };
    expect(await page.locator(".run-line .name a").innerText()).toBe(shown);
    await check();

    await page.goto(`${origin}/runs/${runId}`);
    await page.locator(".race-clock").waitFor();
    expect(await page.locator("h1").innerText()).toBe(shown);
    await page.locator(".system").scrollIntoViewIfNeeded();
    expect(await page.locator(".system bdi").allInnerTexts()).toContain(shown);
    await page.locator(".log .line-text").first().waitFor();
    expect(await page.locator(".log .line-text").allInnerTexts()).toEqual([
      shown,
      "acc=0.5",
      shown,
    ]);
    await check();

    await page.goto(`${origin}/atlas?benchmark=bert&round=v9.0&row=${encodeURIComponent(rowId)}`);
    await page.locator('[aria-label="runs of this result"]').waitFor();
    expect(await page.locator(".result-panel h2").first().innerText()).toBe(`${shown}, bert v9.0`);
    expect(await isInOrder(page, ".result-panel h2")).toBe(true);
    await check();
    await page.locator("#atlas-points").focus();
    await page.keyboard.press("End");
    expect(await page.locator(".plot-tip").innerText()).toContain(`${shown}, v9.0`);
    expect(await isInOrder(page, ".plot-tip")).toBe(true);
    await check();

    await page.goto(`${origin}/compare`);
    await page.getByRole("combobox").fill("v9.0 hostile");
    await page.getByRole("option").first().waitFor();
    expect(await isInOrder(page, "[role=option]")).toBe(true);
    await check();
    expect(violations).toEqual([]);
  });
});
