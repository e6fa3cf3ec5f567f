import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roundManifest } from "../../schema/atlas/rounds/round-manifest.ts";
import { isRoundManifest } from "./is-round-manifest.ts";
import { findRounds } from "./find-rounds.ts";
import { shippedResultsFolder } from "./results-folders.ts";

const file = { bytes: 1, sha256: "0".repeat(64), rowCount: 0 };
const manifest = {
  schemaVersion: 1,
  suite: "dawnbench",
  round: "2017-2020",
  publishedOn: "2020",
  sourceRepository: "here",
  licence: "none",
  changes: "none",
  importedBy: "pitwall 0.0.0",
  logCount: 0,
  resultCount: 0,
  runCount: 0,
  missing: ["something"],
  files: { "rows.parquet": file },
};

describe("isRoundManifest", () => {
  test("accepts every shipped manifest, like the schema", async () => {
    const rounds = await findRounds([shippedResultsFolder], []);
    expect(rounds.map(({ manifest }) => isRoundManifest(manifest))).not.toContain(false);
    expect(isRoundManifest(manifest)).toBe(true);
    const { publishedOn: _, ...undated } = manifest;
    expect(isRoundManifest(undated)).toBe(true);
  });

  test.each(Object.keys(manifest).filter((name) => name !== "publishedOn"))(
    "asks for %s",
    (lacking) => {
      const rest = Object.entries(manifest).filter(([name]) => name !== lacking);
      expect(isRoundManifest(Object.fromEntries(rest))).toBe(false);
    },
  );

  test("accepts nothing that the schema rejects", () => {
    const names = fc.constantFrom(...Object.keys(manifest), "more", "toString");
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(0, -1, 1.5, 2 ** 53, "", "own", undefined, ["x", 1], { a: file }),
      fc.integer().map((bytes) => ({ a: { ...file, bytes } })),
      fc.string({ maxLength: 70 }).map((sha256) => ({ a: { ...file, sha256 } })),
      fc.constant({ a: { ...file, more: 1 } }),
    );
    fc.assert(
      fc.property(names, values, (name, value) => {
        const changed = { ...manifest, [name]: value };
        fc.pre(isRoundManifest(changed));
        expect(roundManifest.safeParse(changed).success).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
