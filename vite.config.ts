import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin, type Rolldown } from "vite";
import { pageSeries } from "./src/schema/dashboard/run-series.ts";

const { PITWALL_SERVER: server = "http://127.0.0.1:7700" } = process.env;

/**
 * A second entry page for `pitwall export site`: addresses in the hash and documents from files, so
 * that it works below any path of any web server.
 */
const staticPage: Plugin = {
  name: "static-page",
  apply: "build",
  enforce: "post",
  generateBundle(_, bundle) {
    const page = bundle["index.html"];
    if (page?.type !== "asset") throw new Error("the build has no index.html");
    const source = String(page.source)
      .replace('<base href="/" />', "")
      .replace('name="pitwall-mode" content="live"', 'name="pitwall-mode" content="static"');
    this.emitFile({ type: "asset", fileName: "static.html", source });
  },
};

/** The chunk of a page and those that it imports statically, other than those that index.html loads. */
function filesOfPage(bundle: Rolldown.OutputBundle, path: string, index: string): string[] {
  const module = fileURLToPath(new URL(path, import.meta.url));
  const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
  const page = chunks.find(({ facadeModuleId }) => facadeModuleId === module);
  if (page === undefined) throw new Error(`the build has no chunk of ${path}`);
  const files = new Set([page.fileName]);
  // A set is iterated over what is added meanwhile.
  for (const file of files)
    for (const imported of chunks.find(({ fileName }) => fileName === file)?.imports ?? [])
      if (!index.includes(imported)) files.add(imported);
  return [...files];
}

/** Adds early.js to the page of `pitwall serve`: data and modules are requested before the bundle is evaluated. */
const earlyRequest: Plugin = {
  name: "early-request",
  apply: "build",
  enforce: "post",
  generateBundle(_, bundle) {
    const page = bundle["index.html"];
    if (page?.type !== "asset") throw new Error("the build has no index.html");
    const html = String(page.source);
    const files = filesOfPage(bundle, "web/views/run/run-page.tsx", html);
    const source = readFileSync(new URL("web/early.js", import.meta.url), "utf8")
      .replace("__RUN_PAGE_FILES__", JSON.stringify(files.map((file) => `./${file}`)))
      .replace("__SERIES_NAMES__", JSON.stringify(pageSeries.join(",")));
    const hash = createHash("sha256").update(source).digest("hex").slice(0, 8);
    const early = `assets/early-${hash}.js`;
    this.emitFile({ type: "asset", fileName: early, source });
    const script = `<script src="./${early}" async></script>`;
    page.source = html.replace("<title>", `${script}\n    <title>`);
  },
};

/** Chunks that the first page of most visits loads, one after the other: the list of runs, then its panel of series. */
const firstPage: Readonly<Record<string, readonly string[]>> = {
  list: ["web/main.tsx", "web/views/runs/runs-page.tsx"],
  series: ["web/views/runs/series-panel.tsx"],
};

/** The chunk of each module that these files import statically, directly or not. */
const firstPageChunks = new Map<string, string>();

const findFirstPageModules: Plugin = {
  name: "find-first-page-modules",
  apply: "build",
  buildEnd() {
    firstPageChunks.clear();
    for (const [chunk, paths] of Object.entries(firstPage)) {
      const reached = new Set(paths.map((path) => fileURLToPath(new URL(path, import.meta.url))));
      // A set is iterated over what is added meanwhile.
      for (const id of reached) {
        if (!firstPageChunks.has(id)) firstPageChunks.set(id, chunk);
        for (const imported of this.getModuleInfo(id)?.importedIds ?? []) reached.add(imported);
      }
    }
  },
};

/** Smaller files do not get smaller in a way that matters. */
const minimumZippedBytes = 1024;

/** Compressed forms beside the files, so that the server compresses nothing. */
const zippedFiles: Plugin = {
  name: "zipped-files",
  apply: "build",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      for (const file of Object.values(bundle)) {
        const content = file.type === "asset" ? file.source : file.code;
        const isPage = file.fileName === "static.html" || file.fileName.endsWith(".gz");
        if (isPage || content.length < minimumZippedBytes) continue;
        const source = gzipSync(content, { level: 9 });
        this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source });
      }
    },
  },
};

export default defineConfig({
  root: fileURLToPath(new URL("web", import.meta.url)),
  // Relative addresses: index.html's `<base>` says below what.
  base: "./",
  plugins: [findFirstPageModules, staticPage, earlyRequest, zippedFiles],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: fileURLToPath(new URL("dist/web", import.meta.url)),
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    // A data: address would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // `without-eval` has to be in the chunk of zod, because a chunk is evaluated before those that import it.
        // One file with all that the list of runs requires before its first row, and one with what other pages share,
        // instead of thirty small ones, each of which would be a request of its own.
        codeSplitting: {
          groups: [
            {
              debugName: "first page",
              name: (id) => firstPageChunks.get(id) ?? null,
              priority: 2,
            },
            {
              name: "shared",
              test: /\/web\/(?:components\/|live\/|requests\/|charts\/(?:axes|save|run)\/|views\/series\/|charts\/(?:atlas\/(?:families|shortened)|plan\/chart-scale)|views\/run\/x-axis|views\/atlas\/atlas-view)|\/src\/(?:foundation|schema|report\/(?:wording|paint|runs|findings))\//u,
              maxModuleSize: 20_000,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": server } },
});
