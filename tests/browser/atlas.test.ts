import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureText } from "../../src/report/atlas/wording.ts";
import type { MeasuredRow } from "../../src/schema/atlas/answers/figures.ts";
import { hasBrowser, saveScreenshot, launchBrowser, openPage } from "./support/browser.ts";
import { newHome, resultOf, runPitwall } from "./support/program.ts";
import { serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

let browser: Browser;

const points = "#atlas-points";

/** The cells of a column in every row of the table. */
async function column(page: Page, head: string): Promise<string[]> {
  return page.locator(`[aria-label="results"] td[data-column="${head}"]`).allInnerTexts();
}

async function rowIds(page: Page): Promise<(string | null)[]> {
  const rows = await page.locator('[aria-label="results"] tbody tr').all();
  return Promise.all(rows.map((row) => row.getAttribute("data-row")));
}

function queryOf(page: Page): Record<string, string> {
  return Object.fromEntries(new URL(page.url()).searchParams);
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const isFocused = `document.activeElement.matches(${JSON.stringify(selector)})`;
    if (await page.evaluate<boolean>(isFocused)) return;
  }
  throw new Error(`Tab did not reach ${selector}`);
}

describe.skipIf(!hasBrowser)(`the atlas in a browser${missing}`, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test("shows the rows, order and figures of `pitwall results`", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(
      browser,
      `${origin}/atlas?benchmark=llama2_70b_lora&round=v4.1,v5.0&per=dollar`,
    );
    await page.locator(".plot-figure svg").first().waitFor();
    const { rows }: { rows: MeasuredRow[] } = resultOf(home, [
      "results",
      "--benchmark",
      "llama2_70b_lora",
      "--round",
      "v4.1,v5.0",
      "--per",
      "dollar",
    ]);
    expect(rows.length).toBeGreaterThan(10);
    expect(await rowIds(page)).toEqual(rows.map(({ row }) => row.rowId));
    const expected = (measure: "system" | "dollar" | "kwh"): string[] =>
      rows.map((measured) => figureText(measured, measure));
    expect(await column(page, "minutes")).toEqual(expected("system"));
    expect(await column(page, "$")).toEqual(expected("dollar"));
    expect(await column(page, "kWh")).toEqual(expected("kwh"));
    // The table scrolls in its own box, so that the page stays short.
    expect(await page.evaluate<number>("document.documentElement.scrollHeight")).toBeLessThan(3600);
    await saveScreenshot(page, "atlas");
    expect(violations).toEqual([]);
  });

  test("rings the results of `pitwall pareto`, and shows the gains of `pitwall gains`", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/atlas?benchmark=resnet`);
    await page.locator(".plot-figure svg").first().waitFor();
    const { members } = resultOf(home, ["pareto", "--benchmark", "resnet"]);
    const rings = page.locator('.plot-figure [aria-description="Pareto-optimal"] circle');
    expect(await rings.count()).toBe(members.length);
    await page.getByLabel(/^ring:/u).uncheck();
    await expect.poll(() => rings.count()).toBe(0);
    const { totalGain } = resultOf(home, ["gains", "--benchmark", "resnet"]);
    expect(totalGain).toBeGreaterThan(30);
    const gains = page.locator("section[aria-label^='Gains over rounds']");
    await gains.getByText(`best system: ${totalGain.toFixed(1)}x from v0.5`).waitFor();
    expect(violations).toEqual([]);
  });

  test("compares the vendors at a scale as `pitwall results --at` does", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(
      browser,
      `${origin}/atlas?benchmark=resnet&round=v1.1&at=64`,
    );
    const panel = page.getByRole("region", { name: "At your scale" });
    await panel.locator("tbody tr").first().waitFor();
    const words = ["results", "--at", "64", "--benchmark", "resnet", "--round", "v1.1"];
    const { near, largest } = resultOf(home, words);
    const lines: { measured: MeasuredRow }[] = [...near, ...largest];
    expect(lines.length).toBeGreaterThan(6);
    const rows = await panel.locator("tbody tr").all();
    expect(await Promise.all(rows.map((row) => row.getAttribute("data-row")))).toEqual(
      lines.map(({ measured }) => measured.row.rowId),
    );
    for (const [head, measure] of [
      ["minutes", "system"],
      ["chip-min", "chip"],
      ["$", "dollar"],
      ["kWh", "kwh"],
    ] as const)
      expect(await panel.locator(`td[data-column="${head}"]`).allInnerTexts()).toEqual(
        lines.map(({ measured }) => figureText(measured, measure)),
      );
    await panel.getByLabel("scale in accelerators").selectOption("16");
    await expect.poll(() => queryOf(page)["at"]).toBe("16");
    await panel.getByText("near 16").first().waitFor();
    await panel.getByText(/^pitwall results --at 16 /u).waitFor();
    await saveScreenshot(page, "atlas-scale");
    expect(violations).toEqual([]);
  });

  test("keeps the vendors at a scale within a phone's width", async () => {
    const { origin } = await serve(newHome());
    const address = `${origin}/atlas?benchmark=llama2_70b_lora&at=8`;
    const { page, violations } = await openPage(browser, address, { width: 390, height: 844 });
    const panel = page.getByRole("region", { name: "At your scale" });
    await panel.locator("tbody tr").first().waitFor();
    await saveScreenshot(page, "atlas-scale-phone");
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
      390,
    );
    expect(violations).toEqual([]);
  });

  test("opens a result, which can be added to the comparison", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(
      browser,
      `${origin}/atlas?benchmark=gpt3&round=v3.1,v4.1`,
    );
    await page.locator(".plot-figure svg").first().waitFor();
    await page.getByRole("link", { name: "Oracle" }).first().click();
    const panel = page.locator(".result-panel");
    await panel.getByText("Oracle, gpt3 v4.1").waitFor();
    await panel.locator(".uplot").first().waitFor();
    const rowId = queryOf(page)["row"] ?? "";
    const { subjects } = resultOf(home, ["compare", rowId, "v4.1/NVIDIA/eos_n64*/gpt3"]);
    const runs = panel.locator('[aria-label="runs of this result"] tbody tr');
    expect(await runs.count()).toBe(subjects[0].runs.length);
    expect(await panel.getByRole("link", { name: "source" }).getAttribute("href")).toBe(
      subjects[0].measured.row.source,
    );
    await panel.getByRole("button", { name: "add to comparison" }).click();
    await saveScreenshot(page, "atlas-result");
    await page.goBack();
    await panel.waitFor({ state: "detached" });
    expect(violations).toEqual([]);
  });

  test("supports moving between points, opening one, and returning by keyboard", async () => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(browser, `${origin}/atlas?benchmark=gpt3`);
    await page.locator(".plot-figure svg").first().waitFor();
    await tabTo(page, points);
    await page.keyboard.press("End");
    const tip = page.locator(".plot-tip");
    const last = await tip.innerText();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => tip.innerText()).not.toBe(last);
    await saveScreenshot(page, "atlas-by-keyboard");
    const [, submitter = ""] = (await tip.innerText()).split("\n");
    await page.keyboard.press("Enter");
    const panel = page.locator(".result-panel");
    await panel.locator("h2").first().waitFor();
    expect(submitter).toContain((await panel.locator("h2").first().innerText()).split(",")[0]);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(await page.evaluate<boolean>(`document.activeElement.matches("${points}")`)).toBe(true);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowUp");
    expect(await tip.isVisible()).toBe(true);
    expect(violations).toEqual([]);
  });

  test("stores filters, measure, and order in the address", async () => {
    const { origin } = await serve(newHome());
    const { page } = await openPage(browser, `${origin}/atlas`);
    await page.locator(".plot-figure svg").first().waitFor();
    await page.getByLabel("benchmark", { exact: true }).selectOption("bert");
    await page.getByLabel("round", { exact: true }).selectOption("v4.1");
    await page.getByText("per chip", { exact: true }).click();
    await page.getByRole("button", { name: /^H100/u }).click();
    await page.getByRole("button", { name: "chips", exact: true }).click();
    expect(queryOf(page)).toEqual({
      benchmark: "bert",
      round: "v4.1",
      per: "chip",
      accelerator: "H100",
      sort: "accelerators",
    });
    const before = await rowIds(page);
    expect(before.length).toBeGreaterThan(2);
    await page.reload();
    await page.locator(".plot-figure svg").first().waitFor();
    expect(await rowIds(page)).toEqual(before);
    await page.goBack();
    await expect.poll(() => queryOf(page)["sort"]).toBeUndefined();
  });

  test("suggests the closest benchmark, and reports an unknown row", async () => {
    const { origin } = await serve(newHome());
    const { page } = await openPage(browser, `${origin}/atlas?benchmark=brt`);
    await page.getByText("No result has the benchmark brt").waitFor();
    await page.getByText("did you mean bert?").waitFor();
    await page.goto(`${origin}/atlas?benchmark=bert&row=mlperf-training/v9.9/x/y/bert`);
    await page.getByText("unknown result mlperf-training/v9.9/x/y/bert").waitFor();
    expect((await rowIds(page)).length).toBeGreaterThan(100);
  });

  test("shows own runs with the published results", async () => {
    const home = newHome();
    runPitwall(home, ["run", "digits", "--workers", "1", "--seed", "1", "--quiet"]);
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/atlas?benchmark=digits`);
    await page.locator(".plot-figure svg").first().waitFor();
    const { rows } = resultOf(home, ["results", "--benchmark", "digits", "--own"]);
    expect(await column(page, "minutes")).toEqual([figureText(rows[0], "system")]);
    await page.locator(".shapes", { hasText: "your own" }).waitFor();
    await page.locator('[aria-label="results"] th a').click();
    await page.locator(".result-panel .uplot").first().waitFor();
    await saveScreenshot(page, "atlas-own");
    expect(violations).toEqual([]);
  });

  test("saves the chart as SVG, PNG, and CSV", async () => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(
      browser,
      `${origin}/atlas?benchmark=gpt3&round=v4.1`,
    );
    const panel = page.locator("section[aria-label^='Time to train against']");
    await panel.locator(".plot-figure svg").waitFor();
    const saved: Record<string, Buffer> = {};
    for (const kind of ["svg", "png", "csv"]) {
      const pending = page.waitForEvent("download");
      await panel.getByRole("button", { name: `as ${kind}` }).click();
      const download = await pending;
      expect(download.suggestedFilename()).toBe(`atlas-gpt3-system.${kind}`);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      saved[kind] = Buffer.concat(chunks);
    }
    const count = (await rowIds(page)).length;
    expect(saved["csv"]?.toString().trim().split("\n")).toHaveLength(count + 1);
    const svg = saved["svg"]?.toString() ?? "";
    expect(svg).toContain("Time to train against accelerators: gpt3");
    expect(svg).toContain("TPU v5p");
    expect(svg).not.toContain("<style");
    const colorCount = `(async () => {
      const bytes = Uint8Array.from(atob(${JSON.stringify(saved["png"]?.toString("base64"))}), (c) => c.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })()`;
    // An empty image has one color; points, lines, and antialiased text have many.
    expect(await page.evaluate<number>(colorCount)).toBeGreaterThan(100);
    expect(violations).toEqual([]);
  });

  test.each([
    { width: 1440, height: 900, colorScheme: "light" as const },
    { width: 390, height: 844, colorScheme: "dark" as const },
    // 1280 pixels at 400 % zoom.
    { width: 320, height: 256, colorScheme: "light" as const },
  ])("does not overflow at $width pixels, $colorScheme", async (viewport) => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(
      browser,
      `${origin}/atlas?benchmark=bert`,
      viewport,
    );
    await page.locator(".plot-figure svg").first().waitFor();
    const overflow = (): Promise<number> =>
      page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.locator('[aria-label="results"] th a').first().click();
    await page.locator(".result-panel .uplot").first().waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await saveScreenshot(page, `atlas-${viewport.width}-${viewport.colorScheme}`);
    expect(violations).toEqual([]);
  });
});
