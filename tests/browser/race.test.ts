import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { raceDocument, raceListDocument } from "../../src/schema/dashboard/race.ts";
import { bin, temporaryFolder } from "../support/pitwall.ts";
import { hasBrowser, launchBrowser, openPage, saveScreenshot } from "./support/browser.ts";
import { environmentOf, serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

const program = `
const [speed, seed] = process.argv.slice(2).map(Number);
for (let step = 1; step <= 5; step++)
  console.log("train_time:" + (step * (1 + 0.1 * Math.sin(seed * 13))) / speed + "ms val_acc=" + step / 5);
`;

/** Runs a race of two programs, one of which is twice as fast by its own clock. */
function racedHome(): string {
  const home = join(temporaryFolder(), "home");
  mkdirSync(home);
  writeFileSync(join(home, "train.mjs"), program);
  const arms = [1, 2].map((speed) => `node train.mjs ${speed} {seed}`);
  const words = ["--runs", "6", "--target", "val_acc>=1", "--clock", "train_time:(\\S+)ms"];
  execFileSync(process.execPath, [bin, "race", ...words, "--quiet", ...arms], {
    cwd: home,
    env: environmentOf(home),
    stdio: "ignore",
  });
  return home;
}

describe.skipIf(!hasBrowser)(`races in a browser${missing}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test("an empty home shows a command that starts a race", async () => {
    const home = join(temporaryFolder(), "home");
    mkdirSync(home);
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/races`);
    await page.getByText("pitwall race --set workers=1,2 digits").waitFor();
    expect(violations).toEqual([]);
  });

  test("shows each run of a race as it ends, without a reload", async () => {
    const home = join(temporaryFolder(), "home");
    mkdirSync(home);
    // Each run waits until the file with its number exists.
    writeFileSync(
      join(home, "train.mjs"),
      `import { existsSync } from "node:fs";
const [arm, seed] = process.argv.slice(2).map(Number);
while (!existsSync(String(seed))) await new Promise((resolve) => setTimeout(resolve, 20));
console.log("val_acc=1 train_time:" + arm + "ms");
`,
    );
    const words = ["--runs", "2", "--target", "val_acc>=1", "--clock", "train_time:(\\S+)ms"];
    const racing = spawn(
      process.execPath,
      [bin, "race", ...words, "--quiet", "node train.mjs 1 {seed}", "node train.mjs 2 {seed}"],
      { cwd: home, env: environmentOf(home), stdio: "ignore" },
    );
    onTestFinished(() => void racing.kill("SIGKILL"));
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/races`);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await page.getByRole("link", { name: /^race-/u }).click();
    await page.getByText("running, val_acc ≥ 1, 1 arm, 0 runs").waitFor();
    writeFileSync(join(home, "1"), "");
    await page.getByText("running, val_acc ≥ 1, 2 arms, 2 runs").waitFor();
    writeFileSync(join(home, "2"), "");
    await page.getByText("finished, val_acc ≥ 1, 2 arms, 4 runs").waitFor();
    const others = requests.filter(
      (path) => path.startsWith("/api/races") && !path.endsWith("/stream"),
    );
    expect(others).toEqual([]);
    expect(violations).toEqual([]);
  });

  test("shows the answer, the times and the curves of a race, and links its runs", async () => {
    const { origin } = await serve(racedHome());
    const list = raceListDocument.parse(await (await fetch(`${origin}/api/races`)).json());
    const [race] = list.races;
    expect(race).toMatchObject({ state: "finished", baseArm: 1 });
    const answer = await fetch(`${origin}/api/races/${race?.raceId}`);
    const { curves } = raceDocument.parse(await answer.json());
    expect(curves).toHaveLength(12);
    // By the program's own clock.
    expect(curves[0]?.clockMs[0]).toBeCloseTo(1 + 0.1 * Math.sin(13), 6);
    expect((await fetch(`${origin}/api/races/none`)).status).toBe(404);
    const { page, violations } = await openPage(browser, `${origin}/races`);
    await page.getByRole("link", { name: race?.raceId ?? "" }).click();
    await page
      .getByText("B (train.mjs 2) is 2.00x faster than A (train.mjs 1) (2.00 to 2.00)")
      .waitFor();
    await page.locator("section[aria-label='Times to target'] svg circle").first().waitFor();
    expect(await page.locator("section[aria-label='Times to target'] svg circle").count()).toBe(12);
    const curvesPanel = page.locator("section[aria-label='val_acc of all runs']");
    await curvesPanel.locator("[aria-label='line'] path").first().waitFor();
    expect(await curvesPanel.locator("[aria-label='line'] path").count()).toBe(12);
    await saveScreenshot(page, "race");
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(360);
    await page.getByRole("link", { name: "B seed 1" }).click();
    await page.waitForSelector(".race-clock");
    expect(violations).toEqual([]);
  });
});
