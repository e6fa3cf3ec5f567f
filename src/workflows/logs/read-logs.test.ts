import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../tests/support/pitwall.ts";
import type { LogReading, LogTask } from "./read-log.ts";
import { readLogs } from "./read-logs.ts";

// Threads need compiled JavaScript; `npm test` builds it first.
const threadFile = new URL("../../../build/workflows/logs/read-logs-thread.js", import.meta.url);
const isBuilt = existsSync(threadFile);
const fixtures = fileURLToPath(new URL("../../../tests/fixtures/logs", import.meta.url));
const never = new AbortController().signal;

/** Size of the original logs, from which these are excerpts: each log of this size fills a batch. */
const uncutBytes = 1_000_000;

/** Published logs of several editions, one without rules, and one missing file. */
const tasks: LogTask[] = [
  ...readdirSync(fixtures, { recursive: true, encoding: "utf8" })
    .filter((name) => /-training-v[53]\.[01].*result_.*\.txt$/.test(name))
    .toSorted()
    .map((name) => {
      const edition = name.includes("v5.0") ? "training-5.0" : "training-3.1";
      return taskOf(join(fixtures, name), edition);
    }),
  taskOf(join(fixtures, "google-ssd-training-v0.5/result_0.txt"), "training-0.5"),
  { absolutePath: join(fixtures, "gone.txt"), sizeBytes: 1, edition: "training-5.0" },
];

function taskOf(absolutePath: string, edition: LogTask["edition"] & string): LogTask {
  const digest = { log: "result.txt", edition, trustsStatus: false, meters: undefined };
  return { absolutePath, sizeBytes: uncutBytes, edition, digest };
}

async function readAll(threadCount: number, signal = never): Promise<LogReading[]> {
  const readings: LogReading[] = [];
  const request = { tasks, asPublished: false, threadCount, threadFile };
  for await (const answer of readLogs(request, signal)) {
    for (const { index, reading } of answer) {
      if (index in readings) throw new Error(`log ${index} was read twice`);
      readings[index] = reading;
    }
  }
  return readings;
}

describe("readLogs", () => {
  test("returns each log's verdict and digest, which are consistent", async () => {
    const readings = await readAll(1);
    expect(readings).toHaveLength(tasks.length);
    const verdicts = new Set(readings.map(({ judged }) => judged.verdict.verdict));
    expect(verdicts).toEqual(new Set(["pass", "fail", "not-judged"]));
    for (const { judged, digest } of readings) {
      if (digest === undefined) continue;
      const { verdict, failingKeys } = judged.verdict;
      expect(digest.judgement).toEqual(
        verdict === "not-judged"
          ? { kind: "self-reported" }
          : { kind: "checked", edition: judged.verdict.edition, verdict, failingKeys },
      );
      expect(digest.benchmark).toBe(judged.facts.benchmark);
    }
    expect(readings.at(-1)?.judged.verdict).toMatchObject({
      verdict: "fail",
      findings: expect.arrayContaining([{ rule: "file-unreadable", code: "ENOENT" }]),
    });
  });

  test.skipIf(!isBuilt)(
    "returns the same results for any number of threads (needs a build)",
    async () => {
      const alone = await readAll(1);
      for (const threadCount of [2, 3, 40]) expect(await readAll(threadCount)).toEqual(alone);
    },
  );

  test("stops on abort, also between logs", async () => {
    await expect(readAll(1, AbortSignal.abort())).rejects.toThrow(/abort/i);
    const controller = new AbortController();
    const request = { tasks, asPublished: false, threadCount: 1 };
    const read = async (): Promise<void> => {
      for await (const answer of readLogs(request, controller.signal)) {
        controller.abort();
        expect(answer.length).toBeLessThan(tasks.length);
      }
    };
    await expect(read()).rejects.toMatchObject({ name: "AbortError" });
  });

  test("fails with the error of a failed thread", async () => {
    const broken = join(temporaryFolder(), "broken-thread.mjs");
    writeFileSync(broken, 'throw new Error("no such thread");');
    const request = {
      tasks,
      asPublished: false,
      threadCount: 2,
      threadFile: new URL(broken, "file:"),
    };
    const read = async (): Promise<void> => {
      for await (const answer of readLogs(request, never)) void answer;
    };
    await expect(read()).rejects.toThrow("no such thread");
  });

  test("returns no readings for no logs", async () => {
    const answers = [];
    for await (const answer of readLogs({ tasks: [], asPublished: false }, never)) {
      answers.push(answer);
    }
    expect(answers).toEqual([]);
  });
});
