import { renameSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/pitwall.ts";
import { pointColumns } from "../../src/report/logs/reference-page.ts";
import { referenceCurve } from "../../src/schema/logs/reference-curve.ts";
import { hasBrowser, saveScreenshot, launchBrowser, openPage } from "./support/browser.ts";
import { serveFiles } from "./support/file-server.ts";
import { newHome, resultOf, runPitwall } from "./support/program.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

let browser: Browser;

describe.skipIf(!hasBrowser)(`an exported site in a browser${missing}`, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test("works from atlas to comparison below any path of a static file server", async () => {
    const [home, root] = [newHome(), temporaryFolder()];
    runPitwall(home, ["export", "site", join(root, "first"), "--quiet"]);
    // Moves the site after the export.
    mkdirSync(join(root, "sub", "path"), { recursive: true });
    renameSync(join(root, "first"), join(root, "sub", "path", "atlas"));
    const origin = await serveFiles(root);
    const { page, violations } = await openPage(browser, `${origin}/sub/path/atlas/`);
    await page.locator(".plot-figure svg").first().waitFor();
    expect(await page.locator(".shell-nav").innerText()).not.toContain("Runs");
    await page.getByLabel("benchmark", { exact: true }).selectOption("gpt3");
    await page.locator("#atlas-points").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    const panel = page.locator(".result-panel");
    await panel.locator(".uplot").first().waitFor();
    await panel.getByRole("button", { name: "add to comparison" }).click();
    await page.locator("#atlas-points").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await panel.getByRole("button", { name: "add to comparison" }).click();
    await saveScreenshot(page, "site-atlas");
    await page.getByRole("link", { name: "compare these 2" }).click();
    await page.locator(".verdicts").waitFor();
    const query = new URLSearchParams(new URL(page.url()).hash.split("?")[1]);
    const ids = (query.get("ids") ?? "").split(",");
    const { pairs } = resultOf(home, ["compare", ...ids]);
    expect(await page.locator(".verdicts strong").innerText()).toContain(pairs[0].to);
    await page.reload();
    await page.locator(".verdicts").waitFor();
    await page.goBack();
    await page.locator("#atlas-points").waitFor();
    await saveScreenshot(page, "site-compare");
    await page.goto(`${origin}/sub/path/atlas/#/atlas?benchmark=llama2_70b_lora`);
    await page.getByRole("link", { name: "convergence (RCP)" }).click();
    await page.getByLabel("edition", { exact: true }).selectOption("training-5.0");
    await page.locator(".rcp-chart .title", { hasText: "training-5.0" }).waitFor();
    const curve = referenceCurve.parse(
      resultOf(home, ["rcp", "llama2_70b_lora", "--edition", "5.0"]),
    );
    expect(await page.locator('[aria-label="reference points"] td').allInnerTexts()).toEqual(
      curve.points.flatMap((point) => pointColumns.map((column) => column.cell(point))),
    );
    await page.getByRole("link", { name: "Plan" }).click();
    await page.locator('.plan-layout[aria-busy="false"] .plan-sentence').waitFor();
    expect(violations).toEqual([]);
  });

  test("reports a missing file, and keeps the rest of the page", async () => {
    const [home, root] = [newHome(), temporaryFolder()];
    runPitwall(home, ["export", "site", join(root, "site"), "--quiet"]);
    renameSync(join(root, "site", "api", "rows"), join(root, "rows"));
    const origin = await serveFiles(root);
    const { page } = await openPage(browser, `${origin}/site/#/atlas?benchmark=gpt3`);
    await page.locator('[aria-label="results"] th a').first().click();
    const panel = page.locator(".result-panel");
    await panel.getByText("responded with status 404").waitFor();
    expect(await panel.locator(".facts").innerText()).toContain("terms");
  });
});
