import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  kwhText,
  recommendationText,
  timeText,
  usdText,
} from "../../src/report/plan/plan-wording.ts";
import { shownOffers } from "../../src/report/plan/shown-offers.ts";
import { runPlan } from "../../src/schema/plan/run-plan.ts";
import { bin } from "../support/pitwall.ts";
import { hasBrowser, launchBrowser, openPage, saveScreenshot } from "./support/browser.ts";
import { newHome, resultOf } from "./support/program.ts";
import { environmentOf, serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

let browser: Browser;

/** Waits until all odds are drawn. */
async function settled(page: Page): Promise<void> {
  await page.locator('.plan-layout[aria-busy="false"]').waitFor();
}

function queryOf(page: Page): Record<string, string> {
  return Object.fromEntries(new URL(page.url()).searchParams);
}

/** The words of the command that the page shows. */
async function commandOf(page: Page): Promise<string[]> {
  const [program, ...words] = (await page.locator(".plan-command code").innerText()).split(" ");
  expect(program).toBe("pitwall");
  return words;
}

describe.skipIf(!hasBrowser)(`plans in a browser${missing}`, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test.each([
    { name: "a benchmark with limits", query: "goal=llama31_8b&budget=500usd&deadline=6h" },
    {
      name: "a model with spot prices and a price of the user",
      query:
        "goal=llama31-70b&tokens=3T&max-count=512&accelerators=h100,b200&spot=yes&price=h100-sxm%3D1.25",
    },
  ])("have the sentence, figures and command of the terminal: $name", async ({ query }) => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/plan?${query}`);
    await settled(page);
    const plan = runPlan.parse(resultOf(home, await commandOf(page)));
    const offer = plan.front[plan.recommended];
    if (offer === undefined) throw new Error("the plan recommends an offer");
    expect(await page.locator(".plan-sentence").innerText()).toBe(recommendationText(plan, offer));
    const cells = (column: string) =>
      page.locator(`.offer-table td[data-column="${column}"]`).allInnerTexts();
    const shown = shownOffers(plan);
    expect(await cells("time")).toEqual(shown.map(({ timeMs }) => timeText(timeMs.p50)));
    expect(await cells("p90")).toEqual(shown.map(({ timeMs }) => timeText(timeMs.p90)));
    expect(await cells("cost")).toEqual(shown.map(({ usd }) => usdText(usd?.p50)));
    expect(await cells("kWh")).toEqual(shown.map(({ energy }) => kwhText(energy?.kwh)));
    expect(await page.getByRole("heading", { name: "Bill" }).innerText()).toBe(
      `Bill: ${usdText(offer.usd?.p50)}`,
    );
    expect(violations).toEqual([]);
  });

  test("are refused with the message of the terminal, and the front stays", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const address = `${origin}/plan?goal=dlrm_dcnv2&budget=1usd`;
    const { page, violations } = await openPage(browser, address);
    await settled(page);
    const shown = await page.getByRole("alert").innerText();
    const { error } = failureOf(home, await commandOf(page));
    expect(error).toMatchObject({ code: "budget-too-small" });
    expect(shown).toContain(error.message);
    expect(shown).toContain(error.saw);
    expect(await page.locator(".svg-point").count()).toBeGreaterThan(0);
    await page.getByLabel("budget as text").fill("nothing");
    await page.keyboard.press("Tab");
    await page.getByText("use US dollars above zero").waitFor();
    expect(violations).toEqual([]);
  });

  test("follow sliders, keep them in the address, and go back", async () => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(browser, `${origin}/plan?goal=dlrm_dcnv2`);
    await settled(page);
    const first = await page.locator(".plan-sentence").innerText();
    const budget = page.getByRole("slider", { name: "budget" });
    await budget.focus();
    await page.keyboard.press("PageDown");
    await expect.poll(() => queryOf(page)["budget"]).toMatch(/usd$/u);
    await page.locator(".plan-sentence").getByText("Probability").waitFor();
    expect(await page.locator(".plan-command").innerText()).toContain(
      `--budget ${queryOf(page)["budget"]}`,
    );
    await page.reload();
    await settled(page);
    expect(await page.locator(".plan-sentence").innerText()).toContain("Probability");
    await page.goBack();
    await settled(page);
    expect(queryOf(page)["budget"]).toBeUndefined();
    await expect.poll(() => page.locator(".plan-sentence").innerText()).toBe(first);
    expect(violations).toEqual([]);
  });

  test("choose an offer by pointer, keyboard and table, and return to the recommended one", async () => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(browser, `${origin}/plan?goal=dlrm_dcnv2`);
    await settled(page);
    await page.getByRole("application").focus();
    await page.keyboard.press("Home");
    // Playwright learns of a new address only after the key.
    const offer = () => queryOf(page)["offer"];
    await expect.poll(offer).toMatch(/^\d+x/u);
    const fastest = offer();
    await page.keyboard.press("ArrowRight");
    await expect.poll(offer).not.toBe(fastest);
    await page.keyboard.press("Escape");
    await expect.poll(offer).toBeUndefined();
    await page.locator(".offer-table tbody tr").last().click();
    await expect.poll(offer).toMatch(/^\d+x/u);
    const cheapest = offer() ?? "";
    const [count, kind = ""] = cheapest.split(/x(.*)/su);
    await page.getByRole("heading", { name: `${count} x ${kind.split(/@|-b\d+$/u)[0]}` }).waitFor();
    await page.getByRole("button", { name: "show the recommended offer" }).click();
    await page.locator(".plan-chosen .badge").waitFor();
    // Without style sheets, shapes without attributes would be black.
    for (const [title, kind, content] of [
      ["Time and cost", "svg", /^<svg[^]*<circle[^>]* fill="rgb/u],
      ["Time and cost", "png", /^\u0089PNG/u],
    ] as const) {
      const saved = page.waitForEvent("download");
      await page.getByRole("button", { name: `save ${title} as ${kind}` }).click();
      const text = readFileSync(await (await saved).path(), "latin1");
      expect(text).toMatch(content);
    }
    expect(violations).toEqual([]);
  });

  test("fit windows of all widths in both themes", async () => {
    const { origin } = await serve(newHome());
    const query = "goal=llama31-8b&tokens=1T&accelerators=h100,b200&deadline=20d";
    for (const [width, colorScheme] of [
      [390, "light"],
      [390, "dark"],
      [1024, "light"],
      [1440, "dark"],
      [1440, "light"],
    ] as const) {
      const look = { width, colorScheme };
      const { page, violations } = await openPage(browser, `${origin}/plan?${query}`, look);
      await settled(page);
      const overflow = "document.documentElement.scrollWidth - innerWidth";
      expect(await page.evaluate<number>(overflow)).toBeLessThanOrEqual(0);
      await saveScreenshot(page, `plan-${width}-${colorScheme}`);
      expect(violations).toEqual([]);
    }
  });
});

interface Failure {
  error: { code: string; message: string; saw: string };
}

/** The document of a command that fails with `--json`. */
function failureOf(home: string, words: readonly string[]): Failure {
  try {
    execFileSync(process.execPath, [bin, ...words, "--json"], {
      cwd: home,
      env: environmentOf(home),
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return JSON.parse(String(error.stdout));
    throw error;
  }
  throw new Error("the command must fail");
}
