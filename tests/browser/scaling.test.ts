import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paretoColumns } from "../../src/report/atlas/pareto-table.ts";
import { scalingColumns, scalingNotes } from "../../src/report/atlas/scaling-page.ts";
import { plainPaint } from "../../src/report/paint.ts";
import type { ParetoFront } from "../../src/schema/atlas/answers/pareto.ts";
import type { ScalingReport } from "../../src/schema/atlas/answers/scaling-study.ts";
import { hasBrowser, launchBrowser, openPage, saveScreenshot } from "./support/browser.ts";
import { newHome, resultOf } from "./support/program.ts";
import { serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

let browser: Browser;

describe.skipIf(!hasBrowser)(`scaling and Pareto in a browser${missing}`, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test("the page Scaling shows the curves and figures of `pitwall scaling`", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/scaling?benchmark=gpt3`, {
      width: 390,
      height: 844,
    });
    await page.locator(".scaling-curve").first().waitFor();
    const report: ScalingReport = resultOf(home, ["scaling", "--benchmark", "gpt3"]);
    const curves = [report, ...report.otherCurves];
    expect(curves.length).toBeGreaterThan(1);
    expect(await page.locator(".scaling-curve").count()).toBe(curves.length);
    const cells = await page.locator(".scale-table td").allInnerTexts();
    const expected = curves.flatMap(({ points }) =>
      points.flatMap((point) => scalingColumns(points).map((column) => column.cell(point))),
    );
    expect(cells).toEqual(expected);
    for (const note of scalingNotes(report, plainPaint))
      expect(await page.getByText(note).count()).toBeGreaterThan(0);
    await page.getByText("pitwall scaling --benchmark gpt3").waitFor();
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(390);
    await saveScreenshot(page, "scaling");
    expect(violations).toEqual([]);
  });

  test("the page Pareto shows the front of `pitwall pareto`, for the chosen objectives", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(
      browser,
      `${origin}/pareto?benchmark=llama2_70b_lora`,
    );
    await page.locator(".front-point").first().waitFor();
    const expectFront = async (words: readonly string[]): Promise<void> => {
      const front: ParetoFront = resultOf(home, [
        "pareto",
        "--benchmark",
        "llama2_70b_lora",
        ...words,
      ]);
      const expected = front.members.flatMap((member) =>
        paretoColumns(front).map((column) => column.cell(member)),
      );
      await expect.poll(() => page.locator(".scale-table td").allInnerTexts()).toEqual(expected);
      expect(await page.locator(".front-point.member").count()).toBe(front.members.length);
      await page.getByText(`${front.members.length} of ${front.candidateCount} results`).waitFor();
    };
    await expectFront([]);
    await page.getByRole("checkbox", { name: "energy" }).focus();
    await page.keyboard.press("Space");
    await expectFront(["--per", "system,dollar"]);
    expect(new URL(page.url()).searchParams.get("per")).toBe("system,dollar");
    expect(await page.getByRole("checkbox", { name: "cost" }).isDisabled()).toBe(true);
    await page
      .getByText("pitwall pareto --benchmark llama2_70b_lora --per system,dollar")
      .waitFor();
    await saveScreenshot(page, "pareto");
    expect(violations).toEqual([]);
  });
});
