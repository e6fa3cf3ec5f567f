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

/** Is killed in its first attempt, at the fourth of six steps; the second one continues at the second step. */
const restarted = `step=0; [ $PITWALL_ATTEMPT = 1 ] || step=2
while [ $step -lt 6 ]; do sleep 0.2; step=$((step + 1)); echo "samples=$((step * 10)) acc=0.$step"
if [ "$PITWALL_ATTEMPT $step" = "1 4" ]; then kill -9 $$; fi; done`;

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

  test("shows where the time of a restarted run went, as `show` does", async () => {
    const home = join(temporaryFolder(), "home");
    mkdirSync(home);
    const how = ["--nproc", "1", "--max-restarts", "1", "--samples", "samples=([0-9]+)"];
    const words = ["run", "--quiet", ...how, "--target", "acc>=0.6", "--", "sh", "-c", restarted];
    const options = { cwd: home, env: environmentOf(home) };
    expect(await pitwall(words, options)).toMatchObject({ exitCode: 0 });
    const { stdout } = await pitwall(["show", "last"], options);
    const goodput = /goodput +([\d.]+ %)/u.exec(stdout)?.[1];
    expect(goodput, stdout).toBeDefined();
    const { origin } = await serve(home);
    const { page, violations } = await openPage(browser, `${origin}/runs`);
    await page.getByRole("link", { name: /^sh/u }).first().click();
    await page.getByRole("link", { name: "doctor" }).click();
    const panel = page.getByRole("region", { name: "Where the time went" });
    await panel.getByText(`${goodput} of`).waitFor();
    const attempts = page.getByRole("region", { name: "Attempts" }).getByRole("listitem");
    expect(await attempts.allInnerTexts()).toEqual([
      expect.stringMatching(/^attempt 1\s+0 s to .*: rank 0 was ended by SIGKILL/u),
      expect.stringMatching(/^attempt 2\s+.* s to .* s$/u),
    ]);
    const share = await panel.getByRole("row", { name: /^training redone/u }).innerText();
    expect(stdout).toContain(`training redone ${share.split("\t").at(-1)?.trim()}`);
    expect(violations).toEqual([]);
  });
});
