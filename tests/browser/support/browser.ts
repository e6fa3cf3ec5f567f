import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const executablePath = process.env["PITWALL_CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether Chromium is installed; without it, the test names contain the reason for skipping. */
export const hasBrowser = existsSync(executablePath);

const resultsFolder = fileURLToPath(new URL("../../../test-results/", import.meta.url));

/** Starts the system's Chromium headless, without background network requests. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page with the violations that it caused. */
export interface WatchedPage {
  page: Page;
  /** Requests to other hosts, console errors, exceptions, and dialogs; empty at the end of every test. */
  violations: string[];
}

/** Opens a page and records violations until the test ends. */
export async function openPage(
  browser: Browser,
  address: string,
  viewport: { width?: number; height?: number; colorScheme?: "dark" | "light" } = {},
): Promise<WatchedPage> {
  const { width = 1440, height = 900, colorScheme = "dark" } = viewport;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const violations: string[] = [];
  const { origin } = new URL(address);
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("blob:")) violations.push(`requested ${url}`);
  });
  page.on("pageerror", (error) => violations.push(`threw ${error.message}`));
  page.on("console", (message) => {
    // Connection errors occur when a test stops the server.
    const isBreak = /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|404 \(Not Found\)/u.test(
      message.text(),
    );
    if (message.type() === "error" && !isBreak) violations.push(`logged ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    violations.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return { page, violations };
}

/** Saves a picture of the page for visual inspection, with `PITWALL_PICTURES=1`: of many pages, they take a minute. */
export async function savePicture(page: Page, name: string): Promise<void> {
  if (process.env["PITWALL_PICTURES"] === undefined) return;
  mkdirSync(resultsFolder, { recursive: true });
  await page.screenshot({ path: `${resultsFolder}${name}.png`, fullPage: true });
}

/** Saves a screenshot of the whole page for visual inspection. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(resultsFolder, { recursive: true });
  const before = page.viewportSize();
  const height = await page.evaluate<number>("document.documentElement.scrollHeight");
  // Panels are rendered when they are in the viewport, so it must include the whole page.
  await page.setViewportSize({ width: before?.width ?? 1440, height: Math.min(8000, height) });
  await page.locator(".wide:empty, .chart-grid > :empty").first().waitFor({ state: "detached" });
  await page.screenshot({ path: `${resultsFolder}${name}.png`, fullPage: true });
  if (before !== null) await page.setViewportSize(before);
}
