import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { findRoundFiles, readResultRows } from "./read-results.ts";
import { shippedResultsFolder } from "./results-folders.ts";
import { rewriteRowsCaches } from "./rewrite-rows-caches.ts";
import { packRowsCache, rowsCacheName, unpackRowsCache } from "./rows-cache.ts";
import type { RoundContents } from "../../schema/atlas/rounds/round-contents.ts";
import { writeResults } from "./write-results.ts";

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pitwall-rows-"));
  cache = join(folder, "mlperf-training-v5.0", rowsCacheName);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const row: ResultRow = {
  rowId: "mlperf-training/v5.0/Acme/node8/bert",
  suite: "mlperf-training",
  round: "v5.0",
  submitter: "Acmé",
  system: "node8",
  benchmark: "bert",
  benchmarkAsPublished: "bert",
  compatibilityGroup: 2,
  scaling: "strong",
  runCount: 3,
  convergedRunCount: 3,
  scoreKind: "score",
  scalingFactor: 1,
  scoreMs: 1234.567,
  source: 'somewhere, "quoted"\n',
};

async function write(scoreMs: number): Promise<void> {
  const manifest = {
    suite: "mlperf-training",
    round: "v5.0",
    sourceRepository: "here",
    licence: "none",
    changes: "none",
    logCount: 0,
    missing: [],
  } satisfies RoundContents["manifest"];
  const round = { manifest, rows: [{ ...row, scoreMs }], runs: [], curves: [] };
  await writeResults(folder, round, "pitwall 0.0.0");
}

const scores = async (): Promise<unknown> => {
  const { rows, problems } = await readResultRows([folder]);
  return { scores: rows.map(({ scoreMs }) => scoreMs), problems };
};

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A cache with valid checksums. */
async function vouchedFor(change: (body: string) => string, head: object = {}): Promise<string> {
  const [first = "", second = ""] = (await readFile(cache, "utf8")).split("\n");
  const body = change(second);
  const stated: unknown = JSON.parse(first);
  return `${JSON.stringify(Object.assign({}, stated, { bodySha256: sha256Of(body) }, head))}\n${body}`;
}

describe("the cache of a round's rows", () => {
  test("is written with the round, and read instead of its Parquet file", async () => {
    await write(1);
    await writeFile(cache, await vouchedFor((body) => body.replace('"scoreMs":1', '"scoreMs":2')));
    expect(await scores()).toEqual({ scores: [2], problems: [] });
  });

  test("is not used after the round was imported again", async () => {
    await write(1);
    const stale = await readFile(cache);
    await write(7);
    await writeFile(cache, stale);
    expect(await scores()).toEqual({ scores: [7], problems: [] });
  });

  test("is never used for rows that were changed or deleted", async () => {
    await write(1);
    const rows = join(folder, "mlperf-training-v5.0", "rows.parquet");
    const bytes = await readFile(rows);
    bytes[4] = (bytes[4] ?? 0) ^ 1;
    await writeFile(rows, bytes);
    expect(await scores()).toMatchObject({ scores: [], problems: [{ kind: "file-changed" }] });
    await rm(rows);
    expect(await scores()).toMatchObject({ scores: [], problems: [{ kind: "file-missing" }] });
  });

  const harmless: readonly { name: string; how: () => Promise<unknown> }[] = [
    { name: "that is missing", how: () => rm(cache) },
    { name: "that is empty", how: () => writeFile(cache, "") },
    { name: "that is a folder", how: () => rm(cache).then(() => mkdir(cache)) },
    { name: "that is not JSON", how: () => writeFile(cache, "{]\n{]") },
    { name: "whose first line is not an object", how: () => writeFile(cache, "null\n[]") },
    {
      name: "with another figure in it",
      how: async () => {
        const text = await readFile(cache, "utf8");
        await writeFile(cache, text.replace('"scoreMs":1', '"scoreMs":2'));
      },
    },
    {
      name: "of a later version",
      how: async () =>
        writeFile(
          cache,
          await vouchedFor((body) => body.replace(":1,", ":2,"), { schemaVersion: 2 }),
        ),
    },
    {
      name: "with rows that lack a column",
      how: async () =>
        writeFile(cache, await vouchedFor((body) => body.replace('"rowId"', '"no"'))),
    },
    {
      name: "with a value that is invalid for its column",
      how: async () =>
        writeFile(cache, await vouchedFor((body) => body.replace("strong", "other"))),
    },
    {
      name: "with something else for rows",
      how: async () => writeFile(cache, await vouchedFor(() => "[null]")),
    },
    {
      name: "with something else for all rows",
      how: async () => writeFile(cache, await vouchedFor(() => '{"length":0}')),
    },
  ];

  test.each(harmless)("changes no results $name", async ({ how }) => {
    await write(1);
    await how();
    expect(await scores()).toEqual({ scores: [1], problems: [] });
  });

  test("changes no results if it is truncated at any position", async () => {
    await write(1);
    const whole = await readFile(cache);
    for (let length = 0; length < whole.length; length += 41) {
      await writeFile(cache, whole.subarray(0, length));
      expect(await scores()).toEqual({ scores: [1], problems: [] });
    }
  });

  test("is not created for numbers that JSON would change", () => {
    const pack = (scoreMs: number): string | undefined => packRowsCache([{ ...row, scoreMs }], "");
    expect([Number.NaN, Number.POSITIVE_INFINITY, -0].map(pack)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(pack(0.1 + 0.2)).toContain('"scoreMs":0.30000000000000004');
  });

  test("is recreated byte for byte from the Parquet file alone", async () => {
    await write(1);
    const before = await readFile(cache, "utf8");
    await rm(cache);
    expect(await rewriteRowsCaches(folder)).toEqual([cache]);
    expect(await readFile(cache, "utf8")).toBe(before);
  });
});

test("every shipped round has a cache that exactly matches its Parquet file", async () => {
  const { rounds } = await findRoundFiles();
  expect(rounds.length).toBeGreaterThan(0);
  const cached = await Promise.all(
    rounds.map(async ({ rows, manifest }) => {
      const bytes = await readFile(join(rows, "..", rowsCacheName));
      return unpackRowsCache(bytes, manifest.files["rows.parquet"]?.sha256 ?? "");
    }),
  );
  const filter = (path: string): boolean =>
    !/(?:runs|curves)\.parquet$/.test(path) && !path.endsWith(rowsCacheName);
  await cp(shippedResultsFolder, folder, { recursive: true, filter });
  const { rows, problems } = await readResultRows([folder]);
  expect(problems).toEqual([]);
  expect(JSON.stringify(cached.flat())).toBe(JSON.stringify(rows));
});
