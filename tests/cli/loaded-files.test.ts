import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";

/** A text that only the bundled library has. */
const libraries = { zod: "$ZodError", hyparquet: "parquetMetadata" };

describe("a start does not load", () => {
  test.each([{ words: ["--help"] }, { words: ["results"] }, { words: ["run", "--", "true"] }])(
    "zod or the Parquet reader for `pitwall $words`",
    async ({ words }) => {
      const loaded = await loadedFiles(words);
      expect(loaded.length).toBeGreaterThan(0);
      expect(librariesIn(loaded)).toEqual([]);
    },
  );

  test("the launcher or the pattern engine for `pitwall runs`", async () => {
    const loaded = await loadedFiles(["runs"]);
    const texts = loaded.map((path) => readFileSync(path, "utf8"));
    expect(texts.filter((text) => /RE2JS|pitwall-watchdog/u.test(text))).toEqual([]);
  });

  test("zod, the launcher or the readers of logs for the list of `pitwall serve`", async () => {
    const loaded = await loadedFiles(["serve", "--port", "0"], async (url) => {
      for (const path of ["api/runs", "assets/none"]) await (await fetch(`${url}${path}`)).text();
    });
    const texts = loaded.map((path) => readFileSync(path, "utf8"));
    expect(texts.some((text) => text.includes("/api/runs/stream"))).toBe(true);
    expect(librariesIn(loaded)).toEqual([]);
    expect(texts.filter((text) => /RE2JS|pitwall-watchdog|:::PITWALL/u.test(text))).toEqual([]);
  });

  test("files that only re-export another for `pitwall run`", async () => {
    const loaded = await loadedFiles(["run", "--", "true"]);
    const texts = loaded.map((path) => readFileSync(path, "utf8"));
    expect(texts.filter((text) => /^export\{[^}]+\}from"[^"]+";?\s*$/u.test(text))).toEqual([]);
  });
});

function librariesIn(paths: readonly string[]): string[] {
  const texts = paths.map((path) => readFileSync(path, "utf8"));
  return Object.entries(libraries)
    .filter(([, mark]) => texts.some((text) => text.includes(mark)))
    .map(([name]) => name);
}

/**
 * The files of the bundle that a command loads, as the coverage of V8 lists them.
 *
 * @param use uses the server at the address that the command prints, and ends it afterwards
 */
async function loadedFiles(
  words: readonly string[],
  use?: (url: string) => Promise<void>,
): Promise<string[]> {
  const cwd = temporaryFolder();
  const coverage = join(cwd, "coverage");
  const env = { NODE_V8_COVERAGE: coverage };
  if (use === undefined) await pitwall(words, { cwd, env });
  else {
    const server = startPitwall(words, cwd, env);
    const ended = once(server, "exit");
    if (server.stdout === null) throw new Error("no output");
    const [address]: unknown[] = await once(server.stdout, "data");
    await use(String(address).trim());
    server.kill("SIGINT");
    await ended;
  }
  const urls = readdirSync(coverage).flatMap((name) => {
    const { result }: { result: { url: string }[] } = JSON.parse(
      readFileSync(join(coverage, name), "utf8"),
    );
    return result.map(({ url }) => url);
  });
  return urls.filter((url) => url.includes("/dist/")).map((url) => fileURLToPath(url));
}
