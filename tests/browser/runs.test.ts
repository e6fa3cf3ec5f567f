import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { clockText } from "../../web/views/run/view-model.ts";
import { formatJoules, formatSignificant, formatUsd } from "../../src/foundation/numbers/units.ts";
import { leadingEnergy } from "../../src/score/parts/leading-energy.ts";
import { bin, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";
import { hasBrowser, saveScreenshot, launchBrowser, openPage } from "./support/browser.ts";
import { environmentOf, serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

let browser: Browser;

/** An empty home for records. */
function newHome(): string {
  const home = join(temporaryFolder(), "home");
  mkdirSync(home);
  return home;
}

/** Runs the built program and returns its output. */
function pitwall(home: string, words: readonly string[]): string {
  const options = { cwd: home, env: environmentOf(home), encoding: "utf8" as const };
  return execFileSync(process.execPath, [bin, ...words], {
    ...options,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** Starts the built program in the background. */
function start(home: string, words: readonly string[]): void {
  const child = spawn(process.execPath, [bin, ...words, "--quiet"], {
    cwd: home,
    env: environmentOf(home),
    stdio: "ignore",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
}

/** A training that improves slowly and reaches its target with the last evaluation. */
function slowTraining(home: string, evaluationCount: number, everyMs = 400): string[] {
  const values = Array.from({ length: evaluationCount }, (_, index) =>
    index === evaluationCount - 1 ? 0.95 : Number((0.5 + index * 0.001).toFixed(3)),
  );
  return [
    "run",
    ...readsAccuracy,
    "--price",
    "36/h",
    "--",
    ...writeTraining(home, { values, everyMs }),
  ];
}

/** Whether the focused element matches. The expression is a string because it runs in the page. */
function focusIs(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`);
}

/** Opens the only run from the list when it appears. */
async function openOnlyRun(page: Page): Promise<string> {
  const line = page.locator(".run-line a").first();
  await line.waitFor();
  await line.click();
  await page.waitForSelector(".race-clock");
  return decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1) ?? "");
}

async function instrument(page: Page, label: string): Promise<string> {
  const boxes = page.locator(".instrument").filter({ has: page.getByText(label, { exact: true }) });
  return boxes.locator(".instrument-value").innerText();
}

async function tableRowCount(page: Page): Promise<number> {
  return page.locator("section[aria-label*='against its target'] tbody tr").count();
}

describe.skipIf(!hasBrowser)(`the dashboard in a browser${missing}`, () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  test("an empty home shows a command that adds a run", async () => {
    const { origin } = await serve(newHome());
    const { page, violations } = await openPage(browser, origin);
    await page.getByText("pitwall run digits").waitFor();
    await saveScreenshot(page, "runs-empty");
    expect(violations).toEqual([]);
  });

  test("shows a run live from start to end, with the same numbers as the terminal", async () => {
    const home = newHome();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs`);
    start(home, ["run", "digits", "--workers", "2", "--seed", "1", "--price", "12.29/h"]);
    const runId = await openOnlyRun(page);
    await page.getByText("since run start").waitFor();
    const clock = page.locator(".race-clock-time");
    const before = await clock.innerText();
    await expect.poll(() => clock.innerText()).not.toBe(before);
    await saveScreenshot(page, "run-live");
    await page.getByText("time to train", { exact: true }).waitFor({ timeout: 110_000 });
    const shown = JSON.parse(pitwall(home, ["show", runId, "--json"]));
    const [{ result }] = shown.result.runs;
    const { whole, tenths } = clockText(result.outcome.timeToTrainMs, { isFinal: true });
    expect((await clock.innerText()).replaceAll(/\s/gu, "")).toBe(`${whole}${tenths}`);
    expect(await instrument(page, "accuracy")).toBe(formatSignificant(result.outcome.quality, 4));
    expect(await instrument(page, "cost")).toBe(formatUsd(result.cost.billedUsd));
    const energy = leadingEnergy(result.energy);
    expect(formatJoules(energy?.joules ?? 0)).toContain(await instrument(page, "energy"));
    await page
      .locator("section[aria-label*='against its target'] button", { hasText: "table" })
      .click();
    await expect.poll(() => tableRowCount(page)).toBe(result.evaluations.length);
    await saveScreenshot(page, "run-finished");
    expect(violations).toEqual([]);
  });

  test("keeps all data after a reload and a server restart", async () => {
    const home = newHome();
    const first = await serve(home);
    const { page, violations } = await openPage(browser, `${first.origin}/runs`);
    start(home, slowTraining(home, 60));
    const runId = await openOnlyRun(page);
    await page.goto(`${first.origin}/runs/${encodeURIComponent(runId)}?tables=quality&x=wall`);
    await expect.poll(() => tableRowCount(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
    await page.reload();
    await expect.poll(() => tableRowCount(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
    expect(
      await page
        .locator("input[name='x-axis']:checked")
        .evaluate((input) => input.parentElement?.textContent),
    ).toBe("wall time");
    await first.stop();
    await page.getByText("reconnecting, as of").waitFor();
    await saveScreenshot(page, "run-reconnecting");
    await serve(home, first.port);
    await page.locator(".connection[data-kind='live']").waitFor();
    await page.getByText("time to train", { exact: true }).waitFor({ timeout: 60_000 });
    await expect.poll(() => tableRowCount(page), { timeout: 10_000 }).toBe(60);
    expect(violations).toEqual([]);
  });

  test("shows a run that continues another one with the clock of both parts", async () => {
    const home = newHome();
    const values = Array.from({ length: 3000 }, () => 0.5);
    const words = ["run", ...readsAccuracy, "--max-time", "2s", "--json", "--"];
    const first = spawnSync(process.execPath, [bin, ...words, ...writeTraining(home, { values })], {
      cwd: home,
      env: environmentOf(home),
      encoding: "utf8",
    });
    const [{ runId: firstId }] = JSON.parse(first.stdout).result.runs;
    const continuing = ["run", ...readsAccuracy, "--continues", firstId, "--json", "--"];
    const [run] = JSON.parse(pitwall(home, [...continuing, ...writeTraining(home)])).result.runs;
    expect(run.outcome.timeToTrainMs).toBeGreaterThan(2000);
    const { origin } = await serve(home);
    const { page, violations } = await openPage(
      browser,
      `${origin}/runs/${encodeURIComponent(run.runId)}`,
    );
    await page.getByText(`continues ${firstId}, 2 parts`).waitFor();
    const { whole, tenths } = clockText(run.outcome.timeToTrainMs, { isFinal: true });
    const clock = await page.locator(".race-clock-time").innerText();
    expect(clock.replaceAll(/\s/gu, "")).toBe(`${whole}${tenths}`);
    await saveScreenshot(page, "run-continued");
    expect(violations).toEqual([]);
  });

  test("supports opening a run, reading a chart, and changing its axis by keyboard", async () => {
    const home = newHome();
    pitwall(home, slowTraining(home, 6, 100));
    pitwall(home, slowTraining(home, 8, 100));
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs?sort=started`);
    await page.locator(".run-line").nth(1).waitFor();
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press("Tab");
      if (await focusIs(page, "[role=grid]")) break;
    }
    await page.keyboard.press("ArrowDown");
    const active = await page.locator(".run-line[aria-selected='true']").getAttribute("id");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".race-clock");
    expect(`run-${decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1) ?? "")}`).toBe(
      active,
    );
    await page.locator("section[aria-label*='against its target'] .plot").waitFor();
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      if (await focusIs(page, ".plot")) break;
    }
    await page.keyboard.press("Home");
    await page.locator(".chart-legend .at", { hasText: "at clock" }).first().waitFor();
    await page.keyboard.press("ArrowRight");
    await saveScreenshot(page, "run-by-keyboard");
    await page.locator("input[name='x-axis']:checked").focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => new URL(page.url()).searchParams.get("x")).toBe("wall");
    await page.goBack();
    await expect.poll(() => new URL(page.url()).searchParams.get("x")).toBeNull();
    expect(violations).toEqual([]);
  });

  test("stores filters and order in the address", async () => {
    const home = newHome();
    pitwall(home, slowTraining(home, 3, 20));
    const { origin } = await serve(home);
    const { page } = await openPage(browser, `${origin}/runs?find=nothing+like+this`);
    await page.getByText("None of the 1 runs match the filters.").waitFor();
    await page.getByLabel("search runs").fill("train");
    await page.locator(".run-line").waitFor();
    await page.getByLabel("state", { exact: true }).selectOption("reached");
    await page.getByRole("button", { name: "cost" }).click();
    expect(new URL(page.url()).search).toBe("?find=train&state=reached&sort=-cost");
    await page.reload();
    await page.locator(".run-line").waitFor();
    await saveScreenshot(page, "runs");
  });

  test("reports a deleted record in the list and on its page", async () => {
    const home = newHome();
    pitwall(home, slowTraining(home, 3, 20));
    const { origin } = await serve(home);
    const list = await openPage(browser, `${origin}/runs`);
    const one = await openPage(browser, `${origin}/runs`);
    const runId = await openOnlyRun(one.page);
    await list.page.locator(".run-line").waitFor();
    rmSync(join(home, "runs", runId), { recursive: true });
    await one.page.getByText("This run was deleted.").waitFor();
    await list.page.getByText("No runs yet").waitFor();
    await one.page.reload();
    await one.page.locator(".panel-state[data-kind='failed']").waitFor();
    await saveScreenshot(one.page, "run-deleted");
    expect(await one.page.locator(".panel-state strong").innerText()).toContain(runId);
  });

  test("selects runs with the mouse and with Space, and overlays or compares them", async () => {
    const home = newHome();
    for (const evaluationCount of [3, 4]) pitwall(home, slowTraining(home, evaluationCount, 20));
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs`);
    await page.locator(".run-line").nth(1).waitFor();
    await page.getByRole("checkbox").first().check();
    const bar = page.getByRole("complementary", { name: "selected runs" });
    await bar.getByText("1 run selected").waitFor();
    expect(await bar.getByRole("link", { name: "compare" }).count()).toBe(0);
    await page.locator(".run-list").focus();
    for (const key of ["ArrowDown", "Space"]) await page.keyboard.press(key);
    await bar.getByText("2 runs selected").waitFor();
    const ids = await page
      .locator(".run-line .started")
      .evaluateAll((cells) => cells.map((cell) => cell.title));
    const compare = await bar.getByRole("link", { name: "compare" }).getAttribute("href");
    expect(decodeURIComponent(compare ?? "").split("own/")).toHaveLength(3);
    await bar.getByRole("link", { name: "overlay" }).click();
    await page.locator(".chart canvas").first().waitFor();
    const overlaid = new URL(page.url()).searchParams.get("runs")?.split(",") ?? [];
    expect(new Set(overlaid)).toEqual(new Set(ids));
    expect(violations).toEqual([]);
  });

  test("saves a chart with all evaluations as SVG, PNG, and CSV", async () => {
    const home = newHome();
    pitwall(home, slowTraining(home, 12, 150));
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs`);
    const runId = await openOnlyRun(page);
    await page.goto(`${origin}/runs/${encodeURIComponent(runId)}?tables=quality`);
    // The server may still be reading the record when the page opens.
    await expect.poll(() => tableRowCount(page), { timeout: 30_000 }).toBe(12);
    const panel = page.locator("section[aria-label*='against its target']");
    await panel.locator("button", { hasText: "svg" }).waitFor();
    const saved: Record<string, Buffer> = {};
    for (const kind of ["svg", "png", "csv"]) {
      const pending = page.waitForEvent("download");
      await panel.locator("button", { hasText: kind }).click();
      const download = await pending;
      expect(download.suggestedFilename()).toBe(`${runId}-quality.${kind}`);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      saved[kind] = Buffer.concat(chunks);
    }
    expect(saved["csv"]?.toString().trim().split("\n")).toHaveLength(13);
    expect(saved["svg"]?.toString()).toContain("target ≥ 0.94");
    expect(saved["svg"]?.toString()).toContain(`${runId}: `);
    // Twice the size of the SVG.
    expect(saved["png"]?.subarray(1, 4).toString()).toBe("PNG");
    expect(saved["png"]?.readUInt32BE(16)).toBe(2 * 960);
    // Without scrolling, every panel is drawn, so that printing and full-page screenshots show all of them.
    await expect.poll(() => page.locator(".wide:empty, .chart-grid > :empty").count()).toBe(0);
    expect(await page.locator(".empty-panels summary").innerText()).toContain("Throughput");
    expect(violations).toEqual([]);
  });

  test.each([
    { width: 1440, height: 900, colorScheme: "dark" as const },
    { width: 1440, height: 900, colorScheme: "light" as const },
    { width: 390, height: 844, colorScheme: "light" as const },
    // 1280 pixels at 400 % zoom.
    { width: 320, height: 256, colorScheme: "dark" as const },
  ])("does not overflow at $width pixels, $colorScheme", async (viewport) => {
    const home = newHome();
    pitwall(home, slowTraining(home, 5, 20));
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs`, viewport);
    await page.locator(".run-line").waitFor();
    const overflow = (): Promise<number> =>
      page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect(await overflow()).toBeLessThanOrEqual(0);
    await openOnlyRun(page);
    await page.locator(".axis-bar").scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 300);
    await page.locator(".plot canvas").first().waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await saveScreenshot(page, `run-${viewport.width}-${viewport.colorScheme}`);
    expect(violations).toEqual([]);
  });
});
