// Pages of the dashboard in headless Chromium, and their frames per second.
import { chromium } from "playwright-core";

/** Headless Chromium, which renders without a GPU: desktop browsers are at least as fast. */
export function startBrowser(executablePath) {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
}

/** Opens a page; returns the time of first paint and of the drawn charts, in milliseconds since navigation start. */
export async function openPage(browser, address) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await page.locator(".chart .plot canvas").nth(1).waitFor({ timeout: 120_000 });
  const drawnMs = await page.evaluate(() => performance.now());
  const firstPaintMs = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  return { page, firstPaintMs, drawnMs };
}

/** Counts frames for the given seconds and finds the longest interval between two frames. */
export function countFrames(page, forMs) {
  return page.evaluate(
    (forMs) =>
      new Promise((resolve) => {
        const times = [];
        const take = (nowMs) => {
          times.push(nowMs);
          const passedMs = nowMs - times[0];
          if (passedMs < forMs) return requestAnimationFrame(take);
          const gaps = times.slice(1).map((time, index) => time - times[index]);
          const longestMs = gaps.reduce((a, b) => Math.max(a, b), 0);
          const late = gaps.filter((gap) => gap > 20).length;
          return resolve({
            framesPerSecond: ((times.length - 1) / passedMs) * 1000,
            longestMs,
            late,
          });
        };
        requestAnimationFrame(take);
      }),
    forMs,
  );
}
