// The floors of the house, one rule each; the name is the sentence that explains a failure.
const engines = "mllog|formats|rules|score|atlas|planner|trainer|diagnose|report";
const effects = "store|launch|probe";
// Development dependencies whose code is bundled into dist/.
const bundled = "@hono/node-server|hono|hyparquet|hyparquet-writer|picocolors|re2js|yaml";
const tests = "\\.(test|contract)\\.ts$";

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "foundation-is-the-ground",
      severity: "error",
      from: { path: "^src/foundation/", pathNot: tests },
      to: { path: "^src/", pathNot: "^src/foundation/" },
    },
    {
      name: "schema-stands-on-foundation",
      severity: "error",
      from: { path: "^src/schema/", pathNot: tests },
      to: { path: "^src/", pathNot: "^src/(foundation|schema)/" },
    },
    {
      name: "engines-and-effects-never-meet",
      severity: "error",
      from: { path: `^src/(${engines}|${effects})/`, pathNot: tests },
      to: { path: "^src/", pathNot: "^src/($1|schema|foundation)/" },
    },
    {
      name: "workflows-know-no-face",
      severity: "error",
      from: { path: "^src/workflows/", pathNot: tests },
      to: { path: "^src/(cli|server)/|^src/(index|bin)\\.ts$" },
    },
    {
      name: "faces-never-meet",
      severity: "error",
      from: { path: "^src/(cli|server)/" },
      to: { path: "^src/(cli|server)/", pathNot: "^src/$1/" },
    },
    {
      name: "pure-rooms-touch-no-machine",
      severity: "error",
      from: { path: `^src/(foundation|schema|${engines})/`, pathNot: tests },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "only-the-door-re-exports",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "(^|/)index\\.ts$", pathNot: "node_modules" },
    },
    {
      name: "web-reads-only-pure-rooms",
      severity: "error",
      from: { path: "^web/" },
      to: { path: `^src/(${effects}|workflows|cli|server)/` },
    },
    {
      name: "shipped-code-imports-no-dev-tools",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], pathNot: `^node_modules/(${bundled})/` },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node"],
    },
  },
};
