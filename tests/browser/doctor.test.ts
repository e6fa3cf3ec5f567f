import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { hasBrowser, launchBrowser, openPage } from "./support/browser.ts";
import { environmentOf, serve } from "./support/serve.ts";

const missing = hasBrowser ? "" : ": no Chromium at /usr/bin/chromium, nor in $PITWALL_CHROMIUM";

/** Two ranks, one of which runs out of disk, and a victim that prints first. */
const program = `if [ $RANK = 1 ]; then echo 'OSError: [Errno 28] No space left on device'; sleep 1; exit 1; fi
echo 'RuntimeError: Connection reset by peer'; sleep 30`;

describe.skipIf(!hasBrowser)(`the doctor in a browser${missing}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test("shows the sentence of the terminal, and leads to the line that shows it", async () => {
    const home = join(temporaryFolder(), "home");
    mkdirSync(home);
    const words = ["run", "--quiet", "--nproc", "2", "--target", "acc>=0.9"];
    await pitwall([...words, "--", "sh", "-c", program], { cwd: home, env: environmentOf(home) });
    const said = await pitwall(["doctor", "last"], { cwd: home, env: environmentOf(home) });
    expect(said.stdout).toContain("rank 1 failed because its disk is full");
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs`);
    await page.getByRole("link", { name: /^sh/u }).first().click();
    await page.getByRole("link", { name: "doctor" }).click();
    await page.getByText("rank 1 failed because its disk is full").waitFor();
    expect(said.stdout).toContain("95 % likely");
    await page.getByRole("heading", { name: "Evidence, 95 % likely" }).waitFor();
    await page.getByRole("link", { name: /^log\.txt:\d+/u }).click();
    await page.getByText("OSError: [Errno 28] No space left on device").first().waitFor();
    expect(new URL(page.url()).search).toMatch(/line=\d+/u);
    expect(violations).toEqual([]);
  });
});
