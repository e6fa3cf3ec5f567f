import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";

const reads = ["--target", "val_acc>=1", "--clock", "train_time:(\\S+)ms"];

async function raced(words: readonly string[], cwd: string) {
  const answer = await pitwall(["race", ...words, "--json"], { cwd });
  return { ...answer, result: JSON.parse(answer.stdout).result };
}

describe("pitwall race --resume", () => {
  /** Arm 2 fails once if a file exists, and waits at step 3 of one seed until another file exists. */
  const waiting = `
import { existsSync, rmSync } from "node:fs";
const [arm, seed, waitingSeed] = process.argv.slice(2).map(Number);
const isWaiting = arm === 2 && seed === waitingSeed;
for (let step = 1; step <= 4; step++) {
  if (isWaiting && existsSync("fail")) {
    rmSync("fail");
    throw new Error("out of memory");
  }
  if (step === 3 && isWaiting)
    while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
  console.log("step " + step + " train_time:" + step * arm + "ms val_acc=" + step / 4);
}
`;

  interface RunOnScreen {
    seed: number;
    state: string;
    isWarmup?: true;
  }

  /** Starts a race and kills Pitwall with SIGKILL during the run that waits. */
  async function killed(cwd: string, words: readonly string[], waitingSeed: number): Promise<void> {
    writeFileSync(join(cwd, "wait.mjs"), waiting);
    const arms = [1, 2].map((arm) => `node wait.mjs ${arm} {seed} ${waitingSeed}`);
    const started = startPitwall(["race", ...words, ...reads, ...arms], cwd);
    const ended = once(started, "exit");
    await until(() =>
      logsOf(cwd).some((log) => log.includes("train_time:4ms") && !log.includes("step 3")),
    );
    started.kill("SIGKILL");
    await ended;
    writeFileSync(join(cwd, "go"), "");
  }

  function logsOf(cwd: string): string[] {
    const runs = join(cwd, "home", "runs");
    if (!existsSync(runs)) return [];
    return readdirSync(runs)
      .map((run) => join(runs, run, "log.txt"))
      .filter((path) => existsSync(path))
      .map((path) => readFileSync(path, "utf8"));
  }

  test.each([
    { name: "a run", words: [], waitingSeed: 3, fails: false, counts: [3, 2], warmups: 1 },
    { name: "a warm-up", words: [], waitingSeed: 1, fails: false, counts: [1, 0], warmups: 2 },
    {
      name: "a retry",
      words: ["--retries", "1"],
      waitingSeed: 3,
      fails: true,
      counts: [3, 2],
      warmups: 1,
    },
  ])(
    "continues a race that was killed during $name, and counts each pair once",
    async ({ words, waitingSeed, fails, counts, warmups }) => {
      const cwd = temporaryFolder();
      if (fails) writeFileSync(join(cwd, "fail"), "");
      await killed(cwd, ["--runs", "6", "--warmup", "1", ...words], waitingSeed);
      const before = (await raced(["--show", "last"], cwd)).result;
      expect(before.state).toBe("interrupted");
      expect(before.arms[1].runs.at(-1)).toMatchObject({ state: "abandoned" });
      expect(before.arms.map(({ runCount }: { runCount: number }) => runCount)).toEqual(counts);
      const { result, exitCode } = await raced(["--resume", "last"], cwd);
      expect(exitCode).toBe(0);
      expect(result).toMatchObject({ raceId: before.raceId, state: "finished" });
      for (const { runCount, runs } of result.arms) {
        expect(runCount).toBe(6);
        const reached: RunOnScreen[] = runs.filter(
          (run: RunOnScreen) => run.isWarmup !== true && run.state === "reached",
        );
        expect(reached.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6]);
      }
      const ofSecond: RunOnScreen[] = result.arms[1].runs;
      expect(ofSecond.filter(({ isWarmup }) => isWarmup === true)).toHaveLength(warmups);
      expect(result.arms[1].comparison).toMatchObject({
        pairCount: 6,
        ratio: expect.closeTo(2, 9),
        verdict: { kind: "slower" },
      });
      const again = await pitwall(["race", "--resume", "last"], { cwd });
      expect(again.stderr).toContain("is complete");
    },
    60_000,
  );
});

async function until(isTrue: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (!isTrue()) {
    if (Date.now() > deadlineMs) throw new Error("waited for a minute");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
