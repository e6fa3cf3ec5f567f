import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";
import { importWithoutFacades } from "./import-without-facades.js";

/** Packages that stay outside the bundle: large, or with native or WebAssembly code. */
const external = [/^@jax-js\//u, /^@duckdb\//u, /^node-sqlite3-wasm$/u];

/** Packages that so many chunks import that each is a chunk of its own. */
const sharedPackages = /\/node_modules\/zod\//u;

/**
 * Modules that are used together are merged into one chunk with their static imports:
 * opening a file costs more than parsing it. Modules of several lists form a chunk of their own.
 */
const usedTogether = {
  base: ["program.ts"],
  run: [
    "cli/commands/run.ts",
    "cli/parse-arguments.ts",
    "cli/calls/plan-run-call.ts",
    "cli/answers/run-and-report.ts",
    "cli/terminal/progress.ts",
    "report/runs/card/result-card.ts",
    "store/catalogue/catalogue.ts",
    "workflows/launch/prepare/find-workload.ts",
    "workflows/launch/targets/local-world.ts",
    "workflows/launch/prepare/plan-series.ts",
    "workflows/launch/running/run-series.ts",
  ],
  rules: [
    "mllog/log-reader.ts",
    "workflows/read-run/rules/check-run-rules.ts",
    "workflows/read-run/rules/load-run-rules.ts",
  ],
  // Record readers of `runs`, `show`, the dashboard's list and others, which do not need the launcher.
  records: [
    "cli/commands/runs.ts",
    "cli/parse-arguments.ts",
    "report/runs/tables/run-table.ts",
    "store/records/disk-run-store.ts",
    "store/records/find/find-runs.ts",
    "store/records/find/home-directory.ts",
    "store/records/find/indexed-lookup.ts",
    "workflows/dashboard/list/list-live-runs.ts",
  ],
  // A record and its schemas: a list of records that were never listed is read without the launcher.
  reading: ["store/records/read/read-summaries.ts"],
  // The form of a layout, which records keep and `predict` reads without the schemas of records.
  layouts: ["schema/plan/read-layout-line.ts"],
  results: [
    "cli/commands/results.ts",
    "cli/parse-arguments.ts",
    "report/atlas/result-table.ts",
    // Imported dynamically by every command that needs a home, so it is not part of one command's chunk.
    "store/records/find/home-directory.ts",
    "workflows/results/list-results.ts",
  ],
};

/** The same for modules that none of these lists uses: further lists do not split their chunks. */
const otherwiseUsedTogether = {
  plan: [
    "cli/commands/plan.ts",
    "planner/goal/read-plan-call.ts",
    "report/plan/plan-page.ts",
    "workflows/plan/plan-run.ts",
  ],
  predict: ["report/plan/prediction-card.ts", "workflows/plan/predict-layouts.ts"],
};

/**
 * Chunks of the dashboard's server: the modules of its own folders that these files import, each in the first chunk that
 * needs it. The server listens before the list of runs is loaded, and sends that before the others are.
 */
const serverChunks = {
  "serve-start": ["server/serve-dashboard.ts"],
  "serve-list": ["server/answer-requests.ts", "server/events/document-events.ts"],
  "serve-runs": [
    "workflows/dashboard/opened/watch-runs.ts",
    "workflows/dashboard/follow/watch-run.ts",
    "workflows/dashboard/opened/prepare-first-view.ts",
    "workflows/dashboard/list/live-list-item.ts",
  ],
  "serve-routes": [
    "server/routes/run-routes.ts",
    "server/routes/series-routes.ts",
    "server/routes/race-routes.ts",
    "server/routes/atlas-routes.ts",
    "server/routes/plan-routes.ts",
  ],
};
const serverFolders = [
  "src/server/",
  "src/workflows/dashboard/",
  "node_modules/@hono/",
  "node_modules/hono/",
];

/**
 * Bundles src/ into dist/ and returns the bundled source files.
 *
 * All files are in one folder, so that `new URL("./x-thread.js", import.meta.url)` finds a thread
 * from whatever chunk its caller is in.
 */
export async function bundleProgram(root) {
  const sources = join(root, "src");
  const chunkOf = new Map();
  const bundle = await rolldown({
    cwd: root,
    input: entries(sources),
    platform: "node",
    external,
    // The default for Node is CommonJS, which rolldown cannot tree-shake.
    resolve: { alias: { yaml: join(root, "node_modules/yaml/browser/index.js") } },
    tsconfig: false,
    preserveEntrySignatures: "allow-extension",
    // An import is dynamic here so that a start can skip it, even if another chunk contains the module.
    checks: { ineffectiveDynamicImport: false },
    plugins: [
      importWithoutFacades(),
      {
        name: "assign-chunks",
        buildEnd() {
          assignChunks(this, usedTogether, { root, chunkOf });
          const others = new Map();
          assignChunks(this, otherwiseUsedTogether, { root, chunkOf: others });
          for (const [id, name] of others) if (!chunkOf.has(id)) chunkOf.set(id, name);
          assignServerChunks(this, root, chunkOf);
          for (const id of smallModules(this, sources))
            if (!chunkOf.has(id)) chunkOf.set(id, "small");
        },
      },
    ],
  });
  const { output } = await bundle.write({
    dir: join(root, "dist"),
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    sourcemap: false,
    // Names are kept for stack traces.
    minify: { compress: true, mangle: false, codegen: true },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: "listed chunks", name: (id) => chunkOf.get(id) ?? null }],
    },
  });
  await bundle.close();
  return output.flatMap((file) => file.moduleIds ?? []);
}

/** Names the chunk of each module that the lists reach: the lists that do. */
function assignChunks(build, lists, { root, chunkOf }) {
  for (const [name, files] of Object.entries(lists)) {
    const paths = files.map((file) => join(root, "src", file));
    for (const id of reach(build, paths)) {
      if (sharedPackages.test(id)) continue;
      const earlier = chunkOf.get(id);
      if (earlier !== "base") chunkOf.set(id, earlier ? `${earlier}-${name}` : name);
    }
  }
}

/**
 * Adds the modules of `serverChunks`, and those that only they import. A module that another chunk imports which the server
 * loads, too, is left out: the two chunks would import each other.
 */
function assignServerChunks(build, root, chunkOf) {
  const own = serverFolders.map((folder) => join(root, folder));
  const isOwn = (id) => own.some((folder) => id.startsWith(folder));
  const nameOf = new Map();
  for (const [name, files] of Object.entries(serverChunks)) {
    const paths = files.map((file) => join(root, "src", file));
    for (const id of reach(build, paths)) if (!nameOf.has(id)) nameOf.set(id, name);
  }
  const chosen = new Set([...nameOf.keys()].filter((id) => !chunkOf.has(id)));
  const isLoadedWith = (importer) => chosen.has(importer) || !nameOf.has(importer);
  let count;
  do {
    count = chosen.size;
    for (const id of chosen) {
      const { importers, dynamicImporters } = build.getModuleInfo(id);
      const isOnlyServers = [...importers, ...dynamicImporters].every((each) => chosen.has(each));
      if (!importers.every(isLoadedWith) || !(isOwn(id) || isOnlyServers)) chosen.delete(id);
    }
  } while (chosen.size < count);
  for (const id of chosen) chunkOf.set(id, nameOf.get(id));
}

/** A module smaller than this costs less to parse than a file of its own costs to open. */
const smallModuleCharacters = 3000;

/** Small modules that import nothing, which would otherwise be a file each. */
function* smallModules(build, sources) {
  for (const id of build.getModuleIds()) {
    const { code, importedIds = [], isEntry } = build.getModuleInfo(id) ?? {};
    const isSmall = (code ?? "").length < smallModuleCharacters;
    if (id.startsWith(sources) && importedIds.length === 0 && isSmall && isEntry !== true) yield id;
  }
}

/** The files and their static imports, recursively. */
function reach(build, files) {
  const reached = new Set(files);
  for (const id of reached) {
    const info = build.getModuleInfo(id);
    if (info === null) throw new Error(`${id} is not in the bundle`);
    for (const imported of info.importedIds) {
      if (build.getModuleInfo(imported)?.isExternal === false || imported.startsWith("/")) {
        reached.add(imported);
      }
    }
  }
  return reached;
}

/** The program, the library, and every file that a worker thread starts with. */
function entries(sources) {
  const threads = readdirSync(sources, { recursive: true })
    .filter((path) => path.endsWith("-thread.ts"))
    .map((path) => [basename(path, ".ts"), join(sources, path)]);
  return {
    bin: join(sources, "bin.ts"),
    index: join(sources, "index.ts"),
    ...Object.fromEntries(threads),
  };
}
