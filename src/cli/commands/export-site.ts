import { formatBytes, formatCount } from "../../foundation/numbers/units.ts";
import type { ExportedSite } from "../../workflows/export/export-site.ts";
import { printProblems, writeJson } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { homeOf, openStore } from "../open-store.ts";

const options = {
  own: {
    takes: "nothing",
    group: "Site",
    help: "include your own finished runs: names, times, cost and energy, without their paths",
  },
  force: {
    takes: "nothing",
    group: "Site",
    help: "write into a folder that holds other files; those of the same name are replaced",
  },
} as const;

type SiteOptions = typeof options;

export const exportSiteCommand = defineCommand({
  name: "export site",
  summary: "Export the results as a static website",
  usage: "<folder>",
  arguments: [
    { name: "folder", help: "where to: new, empty, or an earlier export, which is replaced" },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall export site public",
      does: "all published results as pages that need no server",
    },
    { command: "pitwall export site public --own", does: "with your own runs among them" },
  ],
  options,
  exits: [
    { code: 0, when: "written" },
    { code: 2, when: "the folder holds files that Pitwall did not write (`--force`)" },
  ],
  async act(call) {
    const { options, face, shared } = call;
    const path = await import("node:path");
    const { exportSite } = await import("../../workflows/export/export-site.ts");
    const { webFolder } = await import("../../store/catalogue/package-root.ts");
    const [folder = ""] = call.arguments;
    const site = await exportSite(
      {
        folder: path.resolve(face.cwd, folder),
        webFolder,
        home: await homeOf(face, shared),
        store: await openStore(face, shared),
        withOwn: options.own,
        isForced: options.force,
        version: face.version,
        nowMs: face.nowMs(),
      },
      face.interrupt,
    );
    await printProblems(site.problems, face, shared);
    if (shared.json) writeJson(face, "export site", site);
    else printSite(site, call);
    return exitCodes.yes;
  },
});

function printSite(
  { folder, resultCount, ownCount, bytes }: ExportedSite,
  { face, shared, options }: Call<SiteOptions>,
): void {
  const { paint } = face.out;
  const own = options.own ? `, ${formatCount(ownCount)} of them your own` : "";
  face.out.write(`${formatCount(resultCount)} results${own} in ${paint.name(folder)}\n`);
  if (shared.quiet) return;
  const total = bytes.pages + bytes.atlas + bytes.plan + bytes.references + bytes.details;
  face.out.write(
    [
      "",
      `  pages       ${formatBytes(bytes.pages).padStart(8)}`,
      `  all results ${formatBytes(bytes.atlas).padStart(8)}   fetched once`,
      `  plans       ${formatBytes(bytes.plan).padStart(8)}   fetched by the page that plans`,
      `  references  ${formatBytes(bytes.references).padStart(8)}   of the convergence check, a file for each edition of a benchmark`,
      `  curves      ${formatBytes(bytes.details).padStart(8)}   a file for each result, fetched when it is opened`,
      `  together    ${formatBytes(total).padStart(8)}`,
      "",
      `next: serve the folder with any web server; ${paint.name("pitwall serve")} shows the same live`,
      "",
    ].join("\n"),
  );
}
