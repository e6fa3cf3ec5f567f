import { qualityOfRow } from "../../atlas/rounds/quality-of-row.ts";
import { readBenchmarkFacts } from "../../store/catalogue/read-atlas-tables.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { AtlasDocument, AtlasRowDocument } from "../../schema/dashboard/atlas-document.ts";
import { type ReferencesDocument, referencesFile } from "../../schema/dashboard/references-page.ts";
import { type ResultDetails, readDetails } from "../../store/results/read-results.ts";
import { resultsFolders } from "../../store/results/results-folders.ts";
import { draftSite, type SiteDraft } from "../../store/site-folder.ts";
import { atlasDocument, type AtlasHome } from "../dashboard/documents/serve-atlas.ts";
import { planDocument } from "../dashboard/documents/serve-plan.ts";
import { benchmarksWithReferences, showReferences } from "../submissions/show-references.ts";
import { ownResults } from "../results/own-results.ts";

export interface SiteRequest extends AtlasHome {
  /** The folder to write. Absolute. */
  folder: string;
  /** The built pages. Absolute. */
  webFolder: string;
  /** Whether own runs are included. */
  withOwn: boolean;
  /** Whether to write although the folder contains files from other programs. */
  isForced: boolean;
  version: string;
  nowMs: number;
}

/** Bytes written. */
export interface ExportedSite {
  folder: string;
  resultCount: number;
  ownCount: number;
  bytes: { pages: number; atlas: number; plan: number; references: number; details: number };
  problems: readonly ResultsProblem[];
}

/**
 * Writes the atlas as files that any web server can serve below any path: the dashboard's pages, one document of all results, and
 * one for each result's runs and curves, so that a page fetches only those it shows.
 *
 * @throws UserError `folder-not-ours`, `pages-missing`, the signal's reason, and disk errors
 */
export async function exportSite(request: SiteRequest, signal: AbortSignal): Promise<ExportedSite> {
  const { folder, home, isForced, version, nowMs } = request;
  const atlas = await publicAtlas(request);
  const draft = await draftSite(folder, { isForced });
  try {
    const pages = await copyPages(draft, request.webFolder);
    const atlasBytes = await draft.write("api/atlas.json", JSON.stringify(atlas));
    const planBytes = await draft.write("api/plan.json", JSON.stringify(await planDocument(home)));
    const { bytes: details, problems } = await writeDetails(draft, atlas, { request, signal });
    const references = await writeReferences(draft, signal);
    const bytes = { pages, atlas: atlasBytes, plan: planBytes, references, details };
    const ownCount = atlas.rows.filter(isOwn).length;
    const resultCount = atlas.rows.length;
    await draft.finish({
      kind: "pitwall-site",
      schemaVersion: 1,
      version,
      exportedAt: new Date(nowMs).toISOString(),
      resultCount,
      ownCount,
      bytes: pages + atlasBytes + planBytes + references + details,
    });
    return { folder, resultCount, ownCount, bytes, problems };
  } finally {
    await draft.discard();
  }
}

function isOwn({ suite }: { suite: string }): boolean {
  return suite === "own";
}

/** Removes private data: paths on this machine. */
async function publicAtlas(request: SiteRequest): Promise<AtlasDocument> {
  const atlas = await atlasDocument(request);
  const rows = atlas.rows
    .filter((row) => request.withOwn || !isOwn(row))
    .map((row) => (isOwn(row) ? withoutPlace(row) : row));
  return { ...atlas, rows, problems: [] };
}

function withoutPlace(row: AtlasDocument["rows"][number]): AtlasDocument["rows"][number] {
  return { ...row, source: "a run of whoever made this site" };
}

/** Replaces the page for a server with the page for static files. */
async function copyPages(draft: SiteDraft, webFolder: string): Promise<number> {
  let hasPage = false;
  const asName = (name: string): string | undefined => {
    // Compressed forms are for the own server; web servers compress by themselves.
    if (name === "index.html" || name.endsWith(".gz")) return undefined;
    if (name !== "static.html") return name;
    hasPage = true;
    return "index.html";
  };
  const bytes = await draft.copyFolder(webFolder, asName);
  if (hasPage) return bytes;
  throw new UserError("pages-missing", "the web pages are not built", {
    at: webFolder,
    hint: "run `npm run build` in the source folder",
  });
}

/** Writes the reference convergence points of each benchmark and edition, and those that a page without a choice shows. */
async function writeReferences(draft: SiteDraft, signal: AbortSignal): Promise<number> {
  const benchmarks = await benchmarksWithReferences();
  let bytes = 0;
  const write = async (path: string, document: ReferencesDocument): Promise<void> => {
    bytes += await draft.write(path, JSON.stringify(document));
  };
  for (const [index, benchmark] of benchmarks.entries()) {
    const newest = await showReferences({ benchmark, edition: undefined }, signal);
    if (index === 0)
      await write(referencesFile(undefined, undefined), { benchmarks, curve: newest });
    await write(referencesFile(benchmark, undefined), { benchmarks, curve: newest });
    for (const edition of newest.editions) {
      const curve = await showReferences({ benchmark, edition }, signal);
      await write(referencesFile(benchmark, edition), { benchmarks, curve });
    }
  }
  return bytes;
}

/** Writes one file for each row, named by its index in the atlas. */
async function writeDetails(
  draft: SiteDraft,
  { rows, accelerators }: AtlasDocument,
  { request, signal }: { request: SiteRequest; signal: AbortSignal },
): Promise<{ bytes: number; problems: ResultsProblem[] }> {
  const facts = await readBenchmarkFacts();
  const documents = new Map<string, AtlasRowDocument>(
    rows.map((row) => {
      const quality = qualityOfRow(row, facts);
      const known = quality === undefined ? {} : { quality };
      return [row.rowId, { row, runs: [], curves: [], ...known }];
    }),
  );
  const problems: ResultsProblem[] = [];
  for await (const details of readDetails(resultsFolders(request.home))) {
    signal.throwIfAborted();
    problems.push(...details.problems);
    join(documents, details);
  }
  if (request.withOwn)
    for (const { row, runs, curves, target } of await ownResults(request.store, accelerators)) {
      const document = documents.get(row.rowId);
      if (document !== undefined)
        Object.assign(document, { runs, curves }, target === undefined ? {} : { target });
    }
  let bytes = 0;
  for (const [index, { rowId }] of rows.entries()) {
    signal.throwIfAborted();
    bytes += await draft.write(`api/rows/${index}.json`, JSON.stringify(documents.get(rowId)));
  }
  return { bytes, problems };
}

/** If a result is in several rounds, the latest round's runs are used. */
function join(documents: Map<string, AtlasRowDocument>, { runs, curves }: ResultDetails): void {
  for (const [rowId, own] of runs) {
    const document = documents.get(rowId);
    if (document !== undefined)
      documents.set(rowId, { ...document, runs: own, curves: curves.get(rowId) ?? [] });
  }
}
