import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { atlasDocument, atlasRowDocument } from "../../src/schema/dashboard/atlas-document.ts";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";

function readJson(...parts: string[]): unknown {
  return JSON.parse(readFileSync(join(...parts), "utf8"));
}

function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("pitwall export site", () => {
  test("writes every published result, its runs and curves, and what the terminal says of them", async () => {
    const cwd = temporaryFolder();
    const ran = await pitwall(["export", "site", "site", "--json"], { cwd });
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    const { result } = JSON.parse(ran.stdout);
    const site = join(cwd, "site");
    const atlas = atlasDocument.parse(readJson(site, "api", "atlas.json"));
    const listed = await pitwall(["results", "--json"], { cwd });
    const { rows } = JSON.parse(listed.stdout).result;
    expect(atlas.rows).toHaveLength(rows.length);
    expect(new Set(atlas.rows.map(({ rowId }) => rowId))).toEqual(
      new Set(rows.map(({ row }: { row: { rowId: string } }) => row.rowId)),
    );
    const bytes = allFiles(site).reduce((sum, path) => sum + readFileSync(path).length, 0);
    const { pages, atlas: atlasBytes, plan, references, details } = result.bytes;
    const markerBytes = readFileSync(join(site, "pitwall.json")).length;
    expect(pages + atlasBytes + plan + references + details + markerBytes).toBe(bytes);
    expect(readdirSync(join(site, "api", "rows"))).toHaveLength(rows.length);
    expect(readJson(site, "pitwall.json")).toMatchObject({
      kind: "pitwall-site",
      resultCount: rows.length,
      ownCount: 0,
    });
  });

  test("each row's file has the runs and curves that `compare` reads", async () => {
    const cwd = temporaryFolder();
    await pitwall(["export", "site", "site", "--quiet"], { cwd });
    const atlas = atlasDocument.parse(readJson(cwd, "site", "api", "atlas.json"));
    const ids = ["v3.1/NVIDIA/eos_n64", "v4.1/NVIDIA/eos_n64"].map((part) =>
      atlas.rows.findIndex(({ rowId, benchmark }) => rowId.includes(part) && benchmark === "gpt3"),
    );
    const names = ids.map((id) => atlas.rows[id]?.rowId ?? "");
    const compared = await pitwall(["compare", ...names, "--json"], { cwd });
    const { subjects } = JSON.parse(compared.stdout).result;
    for (const [index, id] of ids.entries()) {
      const file = atlasRowDocument.parse(readJson(cwd, "site", "api", "rows", `${id}.json`));
      expect(file.runs).toEqual(subjects[index].runs);
      expect(file.curves).toEqual(subjects[index].curves);
      expect(file.curves.length).toBeGreaterThan(0);
    }
  });

  test("own runs are included only with `--own`, without their paths", async () => {
    const cwd = temporaryFolder();
    await pitwall(["run", "digits", "--workers", "1", "--seed", "1", "--quiet"], { cwd });
    await pitwall(["export", "site", "plain", "--quiet"], { cwd });
    const plain = readFileSync(join(cwd, "plain", "api", "atlas.json"), "utf8");
    expect(plain).not.toContain('"own/');
    await pitwall(["export", "site", "mine", "--own", "--quiet"], { cwd });
    const mine = atlasDocument.parse(readJson(cwd, "mine", "api", "atlas.json"));
    const place = mine.rows.findIndex(({ suite }) => suite === "own");
    const own = atlasRowDocument.parse(readJson(cwd, "mine", "api", "rows", `${place}.json`));
    expect(own.runs).toHaveLength(1);
    expect(own.curves[0]?.value.length).toBeGreaterThan(1);
    expect(own.target).toMatch(/^accuracy/u);
    for (const path of allFiles(join(cwd, "mine"))) {
      const text = readFileSync(path, "utf8");
      expect(text.includes(cwd), path).toBe(false);
    }
  });

  test("requires `--force` to write among other files", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "thesis.tex"), "work");
    const refused = await pitwall(["export", "site", "."], { cwd });
    expect(transcript(refused, cwd)).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[folder-not-ours]: \`<folder>\` contains files that Pitwall did not write

      hint: choose another folder, or use \`--force\` to write into it"
    `);
    expect(readdirSync(cwd)).not.toContain("index.html");
    const forced = await pitwall(["export", "site", ".", "--force"], { cwd });
    expect(transcript(forced, cwd).replace(/^[\d,]+ results/mu, "<n> results"))
      .toMatchInlineSnapshot(`
      "exit 0
      stdout:
      <n> results in <folder>

        pages  <amount>
        all results  <amount>   fetched once
        plans  <amount>   fetched by the page that plans
        references  <amount>   of the convergence check, a file for each edition of a benchmark
        curves  <amount>   a file for each result, fetched when it is opened
        together  <amount>

      next: serve the folder with any web server; pitwall serve shows the same live"
    `);
    expect(readdirSync(cwd)).toEqual(expect.arrayContaining(["index.html", "thesis.tex"]));
    expect(await pitwall(["export", "site", "."], { cwd })).toMatchObject({ exitCode: 0 });
  });
});
