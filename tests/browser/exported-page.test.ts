import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportedSeries } from "../export/exported-series.ts";
import { pitwall } from "../support/pitwall.ts";
import { hasBrowser, launchBrowser } from "./support/browser.ts";

let browser: Browser;
beforeAll(async () => {
  if (hasBrowser) browser = await launchBrowser();
});
afterAll(async () => browser?.close());

const attack = `<img src=x onerror="document.title='bad'"> & co`;

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

describe.skipIf(!hasBrowser)(`pitwall export --format html${missing}`, () => {
  test("opens from a file without requests, errors or scripts, at any width", async () => {
    const { cwd, seriesId } = await exportedSeries(["--name", attack, "--price", "2.49/h"]);
    const ran = await pitwall(["export", seriesId, "--format", "html", "--out", "run.html"], {
      cwd,
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
    const url = pathToFileURL(join(cwd, "run.html")).href;
    for (const [width, colorScheme] of [
      [1280, "light"],
      [360, "dark"],
    ] as const) {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      const page = await context.newPage();
      const seen: string[] = [];
      page.on("request", (request) => seen.push(request.url()));
      page.on("console", (message) => seen.push(message.text()));
      page.on("pageerror", (error) => seen.push(error.message));
      await page.goto(url);
      expect(seen).toEqual([url]);
      expect(await page.title()).toBe(`${attack}: time to train`);
      expect(await page.locator("script, img, link").count()).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(ground).toBe(colorScheme === "light" ? "rgb(243, 244, 246)" : "rgb(10, 13, 16)");
      expect(await page.getByRole("img", { name: "val_acc of 2 runs over time" }).count()).toBe(1);
      const text = await page.locator("main").innerText();
      expect(text).toContain("val_acc >= 0.75, reached in 2 of 2 runs");
      expect(text).toContain("as given by --price");
      expect(text).toMatch(/estimated|measured/u);
      await context.close();
    }
  });
});
