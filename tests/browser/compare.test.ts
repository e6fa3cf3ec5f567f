import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comparisonPage } from "../../src/report/atlas/comparison-page.ts";
import { plainPaint } from "../../src/report/paint.ts";
import { hasBrowser, saveScreenshot, launchBrowser, openPage } from "./support/browser.ts";
import { newHome, resultOf, runPitwall } from "./support/program.ts";
import { serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

let browser: Browser;

const gpt3 = ["v3.1/NVIDIA/eos_n64*/gpt3", "v4.1/NVIDIA/eos_n64*/gpt3"];
const incomparable = ["v0.5/nvidia/dgx1_multi*/resnet", "v1.0/NVIDIA/dgxa100_n8*/resnet"];

function compareAddress(origin: string, ids: readonly string[], more = ""): string {
  return `${origin}/compare?ids=${encodeURIComponent(ids.join(","))}${more}`;
}

async function facts(page: Page): Promise<string[][]> {
  const rows = await page.locator('[aria-label="differences"] tbody tr').all();
  return Promise.all(rows.map((row) => row.locator("th, td").allInnerTexts()));
}

function idsOf(page: Page): string[] {
  return (new URL(page.url()).searchParams.get("ids") ?? "").split(",");
}

describe.skipIf(!hasBrowser)(`comparisons in a browser${missing}`, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test("show the ratio, p-value, factors, and differences of `pitwall compare`", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, compareAddress(origin, gpt3));
    await page.locator(".verdicts").waitFor();
    const comparison = resultOf(home, ["compare", ...gpt3]);
    const printed = comparisonPage(comparison, { width: 400, paint: plainPaint });
    for (const line of await page.locator(".verdicts strong, .verdicts span").allInnerTexts())
      expect(printed).toContain(line);
    expect(await page.locator(".verdicts").innerText()).toContain("p = 0.10");
    const rows = await facts(page);
    expect(rows).toHaveLength(comparison.differences.length);
    for (const [head = "", ...cells] of rows) {
      const line = printed.split("\n").find((each) => each.startsWith(`${head} `)) ?? "";
      for (const cell of cells) expect(line).toContain(cell);
    }
    await page.locator(".uplot").waitFor();
    await saveScreenshot(page, "compare");
    await page.getByRole("button", { name: "show identical fields" }).click();
    await expect.poll(async () => (await facts(page)).length).toBeGreaterThan(rows.length);
    expect(violations).toEqual([]);
  });

  test("are refused with the reason for results that are not comparable, until confirmed", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, compareAddress(origin, incomparable));
    const refusal = page.locator(".refusal");
    await refusal.getByText("since v0.6: higher target").waitFor();
    expect(await page.locator(".verdicts").count()).toBe(0);
    expect(() => runPitwall(home, ["compare", ...incomparable])).toThrow("Command failed");
    await saveScreenshot(page, "compare-refused");
    await refusal.getByRole("button", { name: "compare anyway" }).click();
    await page.locator(".verdicts").waitFor();
    expect(new URL(page.url()).searchParams.get("anyway")).toBe("yes");
    await page.reload();
    await page.locator(".verdicts").waitFor();
    const { pairs } = resultOf(home, ["compare", "--anyway", ...incomparable]);
    const p = Number(pairs[0].test.pValue).toPrecision(2);
    expect(await page.locator(".verdicts").innerText()).toContain(`p = ${p}`);
    await page.goBack();
    await refusal.getByRole("button", { name: "compare anyway" }).waitFor();
    expect(violations).toEqual([]);
  });

  test("can be created, moved to another axis, and changed by keyboard", async () => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(browser, `${origin}/compare`);
    const search = page.getByRole("combobox");
    await search.focus();
    await page.keyboard.type("gpt3 v3.1 nvidia eos_n64");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Select one more result").waitFor();
    await page.keyboard.type("gpt3 v4.1 nvidia");
    await page.getByRole("option").nth(1).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await saveScreenshot(page, "compare-search");
    await page.keyboard.press("Enter");
    await page.locator(".verdicts").waitFor();
    expect(idsOf(page)).toHaveLength(2);
    await page.locator('input[name="curve-axis"]:checked').focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => new URL(page.url()).searchParams.get("axis")).toBe("samples");
    await page.getByText("over tokens").first().waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByText("over cost, assumed linear").first().waitFor();
    await page
      .getByRole("button", { name: /^remove/u })
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => idsOf(page).length).toBe(1);
    expect(violations).toEqual([]);
  });

  test("compare own runs", async () => {
    const home = newHome();
    for (const seed of ["1", "2"])
      runPitwall(home, ["run", "digits", "--workers", "1", "--seed", seed, "--quiet"]);
    const { rows } = resultOf(home, ["results", "--benchmark", "digits", "--own"]);
    const ids: string[] = rows.map(({ row }: { row: { rowId: string } }) => row.rowId);
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, compareAddress(origin, ids));
    await page.locator(".verdicts").waitFor();
    const comparison = resultOf(home, ["compare", ...ids]);
    const [pair] = comparison.pairs;
    expect(await page.locator(".verdicts").innerText()).toContain(`${pair.to} `);
    await page.locator(".uplot").waitFor();
    await saveScreenshot(page, "compare-own");
    expect(violations).toEqual([]);
  });

  test("report unknown and ambiguous names, and compare the other results", async () => {
    const { origin } = await serve(newHome());
    const { page } = await openPage(
      browser,
      compareAddress(origin, [...gpt3, "v4.1/NVIDIA/gpt33", "v4.1/NVIDIA*/gpt3"]),
    );
    await page.getByText("unknown result v4.1/NVIDIA/gpt33").waitFor();
    await page.getByText(/v4\.1\/NVIDIA\*\/gpt3 matches \d+ results/u).waitFor();
    await page.locator(".verdicts").waitFor();
    expect(await page.locator(".verdicts strong").count()).toBe(1);
  });

  test.each([
    { width: 1440, height: 900, colorScheme: "light" as const },
    { width: 390, height: 844, colorScheme: "dark" as const },
    // 1280 pixels at 400 % zoom.
    { width: 320, height: 256, colorScheme: "light" as const },
  ])("do not overflow at $width pixels, $colorScheme", async (viewport) => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(browser, compareAddress(origin, gpt3), viewport);
    await page.locator(".uplot").waitFor();
    await page.locator(".plot-figure svg").first().waitFor();
    const overflow = "document.documentElement.scrollWidth - innerWidth";
    expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
    await saveScreenshot(page, `compare-${viewport.width}-${viewport.colorScheme}`);
    expect(violations).toEqual([]);
  });
});
