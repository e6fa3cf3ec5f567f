import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const executablePath = process.env["PITWALL_CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether there is a browser to drive; the tests' names say it where there is none. */
export const hasBrowser = existsSync(executablePath);

const artefacts = fileURLToPath(new URL("../../../test-results/", import.meta.url));

/** Starts the system's Chromium without a window, and without anything that would reach the network. */
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

/** A page, and what it did that no page of ours may do. */
export interface WatchedPage {
  page: Page;
  /** Requests to other hosts, errors on the console, exceptions; empty at the end of every test. */
  offences: string[];
}

/** Opens a page that is watched until the test ends. */
export async function openPage(
  browser: Browser,
  address: string,
  look: { width?: number; height?: number; colorScheme?: "dark" | "light" } = {},
): Promise<WatchedPage> {
  const { width = 1440, height = 900, colorScheme = "dark" } = look;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const offences: string[] = [];
  const { origin } = new URL(address);
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("blob:")) offences.push(`asked for ${url}`);
  });
  page.on("pageerror", (error) => offences.push(`threw ${error.message}`));
  page.on("console", (message) => {
    // A server that a test stops on purpose is no offence of the page.
    const isBreak = /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|404 \(Not Found\)/u.test(
      message.text(),
    );
    if (message.type() === "error" && !isBreak) offences.push(`said ${message.text()}`);
  });
  await page.goto(address);
  return { page, offences };
}

/** Keeps a picture of the page, to be looked at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  const before = page.viewportSize();
  const height = await page.evaluate<number>("document.documentElement.scrollHeight");
  // Panels are drawn when they are seen, so all of the page must be.
  await page.setViewportSize({ width: before?.width ?? 1440, height: Math.min(8000, height) });
  await page.locator(".wide:empty, .chart-grid > :empty").first().waitFor({ state: "detached" });
  await page.screenshot({ path: `${artefacts}${name}.png`, fullPage: true });
  if (before !== null) await page.setViewportSize(before);
}
