import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { referenceChart } from "../../src/report/export/reference-chart.ts";
import { pointColumns, submittedColumns } from "../../src/report/logs/reference-page.ts";
import { pagePatterns } from "../../src/schema/dashboard/page-patterns.ts";
import { raceListDocument } from "../../src/schema/dashboard/race.ts";
import { referenceCurve } from "../../src/schema/logs/reference-curve.ts";
import { passing } from "../support/check-json.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";
import { hasBrowser, launchBrowser, openPage, savePicture } from "./support/browser.ts";
import { resultOf, runPitwall } from "./support/program.ts";
import { serve } from "./support/serve.ts";
import { textFaults } from "./support/text-faults.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const widths = [390, 1024, 1440];
/** A4 without its margins. */
const paper = { width: 703, height: 1032 };

const folder = mkdtempSync(join(tmpdir(), "pitwall-pages-"));
const home = join(folder, "home");
const emptyHome = join(folder, "empty");

/** Ids of what the home contains. */
const ids = { run: "", runs: "", series: "", imported: "", race: "" };

/** A series with tags, an imported MLPerf result, and a race. */
function fillHome(): void {
  for (const path of [home, emptyHome]) mkdirSync(path);
  const values = [0.31, 0.62, 0.81, 0.9, 0.95];
  const training = writeTraining(home, { values, everyMs: 40 });
  const labels = ["--tag", "lr=0.1", "--tag", "baseline", "--note", "five epochs"];
  const words = ["run", ...readsAccuracy, "--runs", "3", "--price", "36/h", ...labels, "--quiet"];
  runPitwall(home, [...words, "--", ...training]);
  const logs = join(home, "logs");
  mkdirSync(logs);
  for (let run = 0; run < 10; run++) {
    const stop = 3264 + run * 48;
    const log = passing
      .replaceAll('"samples_count": 2688', `"samples_count": ${stop}`)
      .replace('"key": "seed", "value": 16500', `"key": "seed", "value": ${run + 1}`);
    writeFileSync(join(logs, `result_${run}.txt`), log, "latin1");
  }
  runPitwall(home, ["import", "logs", "--quiet"]);
  const racer = "console.log(`val_acc=1 train_time:${100 * Number(process.argv[2])}ms`);";
  writeFileSync(join(home, "race.mjs"), racer);
  const timed = ["--target", "val_acc>=1", "--clock", "train_time:(\\S+)ms"];
  runPitwall(home, [
    "race",
    "--runs",
    "6",
    ...timed,
    "--quiet",
    "node race.mjs 1",
    "node race.mjs 2",
  ]);
  const rows: { seriesId: string; runIds: string[]; isImported?: boolean; name: string }[] =
    resultOf(home, ["runs", "--group"]);
  const own = rows.find(({ name }) => name === "train");
  ids.run = own?.runIds[0] ?? "";
  ids.runs = own?.runIds.join(",") ?? "";
  ids.series = own?.seriesId ?? "";
  ids.imported = rows.find(({ isImported }) => isImported === true)?.seriesId ?? "";
}

/** The address of an example of each page, and what is there when it is drawn. */
const examples: Record<(typeof pagePatterns)[number], { path: () => string; drawn: string }> = {
  "/runs": { path: () => "/runs", drawn: ".run-line" },
  "/runs/:runId": { path: () => `/runs/${ids.run}`, drawn: ".chart canvas" },
  "/runs/:runId/doctor": { path: () => `/runs/${ids.run}/doctor`, drawn: ".doctor-head" },
  "/series/:seriesId": { path: () => `/series/${ids.series}`, drawn: ".chart canvas" },
  "/overlay": { path: () => `/overlay?runs=${ids.runs}`, drawn: ".chart canvas" },
  "/races": { path: () => "/races", drawn: "main a" },
  "/races/:raceId": { path: () => `/races/${ids.race}`, drawn: ".panel" },
  "/atlas": { path: () => "/atlas?benchmark=llama2_70b_lora", drawn: ".plot-figure svg" },
  "/compare": {
    path: () => `/compare?ids=own/${ids.series},own/${ids.imported}`,
    drawn: ".compare-grid, .refusal",
  },
  "/scaling": { path: () => "/scaling?benchmark=gpt3", drawn: ".scaling-curve" },
  "/pareto": { path: () => "/pareto?benchmark=llama2_70b_lora", drawn: ".front-point" },
  "/rcp": {
    path: () => `/rcp?benchmark=llama2_70b_lora&edition=training-5.0&series=${ids.imported}`,
    drawn: ".rcp-chart svg",
  },
  "/plan": { path: () => "/plan", drawn: ".plan-page .panel, main .panel" },
};

/** Violations of axe's rules in the visible page, as `rule: elements`. */
async function axeViolations(page: Page): Promise<string[]> {
  // A script element would break the policy of the page; evaluation by the debugger does not.
  await page.evaluate(`${axe}; undefined`);
  return page.evaluate<
    string[]
  >(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 5).map(({ target, html }) => target + " " + html.slice(0, 160)).join(" | ")))`);
}

function overflow(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
}

describe.skipIf(!hasBrowser)(`every page in a browser${missing}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    fillHome();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test.each(pagePatterns)(
    "%s is accessible, and fits into phones and screens in both themes, and on paper",
    async (pattern) => {
      const { origin } = await serve(home);
      if (ids.race === "") {
        const answer = await fetch(`${origin}/api/races`);
        ids.race = raceListDocument.parse(await answer.json()).races[0]?.raceId ?? "";
      }
      const { path, drawn } = examples[pattern];
      const { page, violations } = await openPage(browser, `${origin}${path()}`);
      await page.locator(drawn).first().waitFor();
      // Parts that are calculated again are faint.
      const isBusy = page.locator("[aria-busy='true']").first();
      const found: string[] = [];
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          await isBusy.waitFor({ state: "detached" });
          const name = pattern.slice(1).replaceAll(/[/:]+/gu, "-");
          await savePicture(page, `page-${name}-${width}-${colorScheme}`);
          if ((await overflow(page)) > 0) found.push(`wider than ${width} pixels`);
          // Colors do not move texts.
          if (colorScheme === "dark")
            found.push(...(await textFaults(page)).map((fault) => `${fault}, at ${width} pixels`));
        }
        await isBusy.waitFor({ state: "detached" });
        found.push(...(await axeViolations(page)));
        // What other programs printed may contain them.
        const texts = await page.locator("main").innerText();
        if (texts.includes("`")) found.push(`backtick in ${/.{0,60}`.{0,60}/u.exec(texts)?.[0]}`);
      }
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize(paper);
      // Charts are drawn again for the width of the paper.
      await expect.poll(() => overflow(page)).toBeLessThanOrEqual(0);
      await savePicture(page, `page-${pattern.slice(1).replaceAll(/[/:]+/gu, "-")}-print`);
      found.push(...(await textFaults(page)).map((fault) => `${fault}, on paper`));
      expect([...found, ...violations]).toEqual([]);
    },
  );

  test.each([
    { path: () => `/runs/${ids.run}`, drawing: ".chart canvas" },
    { path: () => "/atlas?benchmark=llama2_70b_lora&rows=all", drawing: ".plot-figure svg" },
  ])("charts of a wide screen are drawn for paper: $drawing", async ({ path, drawing }) => {
    const { origin } = await serve(home);
    const { page } = await openPage(browser, `${origin}${path()}`);
    await page.locator(drawing).first().waitFor();
    // The layout of the paper exists only while the browser prints.
    await page.evaluate(`matchMedia("print").addEventListener("change", ({ matches }) => {
      if (!matches) return;
      const drawing = document.querySelector("${drawing}");
      const lines = (cell) => {
        const text = document.createRange();
        text.selectNodeContents(cell);
        return text.getClientRects().length;
      };
      globalThis.printed = {
        pixels: Number(drawing.getAttribute("width")),
        width: Math.floor(drawing.getBoundingClientRect().width),
        brokenFigures: [...document.querySelectorAll("td:not(.left)")].filter((cell) => lines(cell) > 1).length,
      };
    })`);
    await page.pdf({ format: "A4" });
    const printed: unknown = await page.evaluate("globalThis.printed");
    expect(printed).toMatchObject({ brokenFigures: 0 });
    expect(await page.evaluate("printed.pixels - printed.width")).toBe(0);
    expect(await page.evaluate<number>("printed.width")).toBeLessThanOrEqual(paper.width);
  });

  test.each([
    "/runs",
    "/series/none",
    "/overlay",
    "/races",
    "/compare",
    "/scaling?benchmark=gpt3&submitter=Google&accelerator=h100-sxm",
    "/pareto?benchmark=gpt3&submitter=Google&accelerator=h100-sxm",
    "/atlas?benchmark=gpt3&submitter=Google&accelerator=h100-sxm",
  ])("%s is accessible without data, and has a command to copy", async (path) => {
    const { origin } = await serve(emptyHome);
    const { page, violations } = await openPage(browser, `${origin}${path}`);
    await page.locator(".panel-state[data-kind='empty'], [role='alert']").first().waitFor();
    expect([...(await axeViolations(page)), ...violations]).toEqual([]);
    if (path !== "/series/none") await page.locator(".command button").first().waitFor();
  });

  test("an overlay of an unknown run says so, without controls and chart", async () => {
    const { origin } = await serve(emptyHome);
    const { page, violations } = await openPage(browser, `${origin}/overlay?runs=none`);
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toBe("unknown run none");
    expect(await page.locator(".axis-bar, .chart").count()).toBe(0);
    expect(violations).toEqual([]);
  });

  test("the page of reference convergence points has the figures and the drawing of `pitwall rcp`", async () => {
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/series/${ids.imported}`);
    await page.getByRole("link", { name: "convergence (RCP)" }).click();
    await page.locator(".rcp-chart svg").waitFor();
    await page.getByLabel("edition", { exact: true }).selectOption("training-5.0");
    await page.locator(".rcp-chart .title", { hasText: "training-5.0" }).waitFor();
    const words = ["rcp", "llama2_70b_lora", ids.imported, "--edition", "5.0"];
    const curve = referenceCurve.parse(resultOf(home, words));
    const cells = (label: string): Promise<string[]> =>
      page.locator(`[aria-label="${label}"] td`).allInnerTexts();
    expect(await cells("reference points")).toEqual(
      curve.points.flatMap((point) => pointColumns.map((column) => column.cell(point))),
    );
    expect(await cells("results")).toEqual(
      curve.submitted.flatMap((point) => submittedColumns.map((column) => column.cell(point))),
    );
    expect(curve.submitted).toHaveLength(1);
    const pending = page.waitForEvent("download");
    await page.getByRole("button", { name: /as svg$/u }).click();
    const pieces: Buffer[] = [];
    for await (const piece of await (await pending).createReadStream()) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe(referenceChart(curve));
    await page.goto(`${origin}/atlas?benchmark=llama2_70b_lora`);
    await page.getByRole("link", { name: "convergence (RCP)" }).waitFor();
    expect(violations).toEqual([]);
  });

  test("labels change on the page of a run, and in the list for the selected runs", async () => {
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs/${ids.run}`);
    const shown = () => resultOf(home, ["show", ids.run]).runs[0].request.labels;
    await page.getByRole("button", { name: "edit labels" }).click();
    await page.getByLabel("tag", { exact: true }).fill("kept=yes");
    await page.keyboard.press("Enter");
    await page.getByText("kept=yes").waitFor();
    await page.getByRole("button", { name: "remove the tag baseline" }).click();
    await expect.poll(() => page.getByText("baseline", { exact: true }).count()).toBe(0);
    await page.getByLabel("note").fill("only 3 epochs");
    await page.getByRole("button", { name: "save note" }).click();
    await expect.poll(() => shown().note).toBe("only 3 epochs");
    expect(shown().tags).toEqual({ lr: "0.1", kept: "yes" });
    await page.getByLabel("tag", { exact: true }).fill("=no");
    await page.keyboard.press("Enter");
    await page.getByText("invalid tag").waitFor();
    expect(violations.splice(0)).toEqual([expect.stringContaining("400")]);

    await page.goto(`${origin}/runs?tag=kept%3Dyes`);
    await page.locator(".run-line").waitFor();
    await page.getByRole("checkbox", { name: `select ${ids.run}` }).check();
    await page.getByRole("button", { name: "archive", exact: true }).click();
    await page.getByText("runs match the filters").waitFor();
    expect(resultOf(home, ["runs", "--tag", "kept"])).toEqual([]);
    await page.getByLabel("1 archived").check();
    await page.locator(".run-line").getByText("archived").waitFor();
    expect(new URL(page.url()).search).toBe("?tag=kept%3Dyes&archived=show");
    expect(violations).toEqual([]);
  });
});
