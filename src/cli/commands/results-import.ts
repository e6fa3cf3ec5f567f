import { formatsHelp, readableFormats } from "../../formats/formats.ts";
import type { RoundManifest } from "../../schema/atlas/rounds/round-manifest.ts";
import type { ImportEvent, ImportRequest } from "../../workflows/import/import-results.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { homeOf } from "../open-store.ts";
import { StatusLine } from "../terminal/status-line.ts";

const options = {
  format: {
    takes: "choice",
    choices: readableFormats().map(({ name }) => name),
    group: "Import",
    help: `${formatsHelp(readableFormats())}; default: detected`,
  },
  into: {
    takes: "text",
    placeholder: "folder",
    group: "Import",
    help: "where the rounds' folders go; default: `results` in the home",
  },
  edition: {
    takes: "text",
    placeholder: "edition",
    group: "Import",
    help: "the round, `training-5.1`, `hpc-3.0`; default: as the folders' paths say",
  },
  fromRepository: {
    takes: "nothing",
    group: "Import",
    help: "the sources are copies of the rounds' public repositories: link each result there; default: local files, without links",
  },
} as const;

export const resultsImportCommand = defineCommand({
  name: "results import",
  summary: "Import rounds, a submission or a table of results",
  usage: "<folder | archive | file>…",
  arguments: [
    {
      name: "folder | archive | file…",
      help: "a round, an organisation or a system as a folder, .tar, .tar.gz, .tgz, .tar.zst or .zip; or a table as .csv",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1000 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall results import training_results_v5.1.tar.gz",
      does: "one more round; importing it again replaces it",
    },
    {
      command: "pitwall results import submission/Acme --edition 5.1",
      does: "your own logs, next to published results",
    },
    {
      command: "pitwall results import modded_nanogpt_records.csv",
      does: "a table of results; its columns tell the format",
    },
  ],
  options,
  exits: [
    { code: 0, when: "every round is imported whole" },
    { code: 2, when: "a source holds no results, has an unknown format, or is damaged or unsafe" },
  ],
  async act(call) {
    const imported = await importAll(call);
    if (call.shared.json) {
      const result = { rounds: imported };
      const document = { schemaVersion: 1, command: "results import", ok: true, result };
      call.face.out.write(`${JSON.stringify(document)}\n`);
      return exitCodes.yes;
    }
    for (const { folder, manifest } of imported) printRound(folder, manifest, call);
    if (!call.shared.quiet)
      call.face.out.write(
        `\nnext: ${call.face.out.paint.name("pitwall results")}   shows them among all others\n`,
      );
    return exitCodes.yes;
  },
});

interface ImportedRound {
  folder: string;
  manifest: RoundManifest;
}

async function importAll(call: Call<typeof options>): Promise<ImportedRound[]> {
  const path = await import("node:path");
  const { importResults } = await import("../../workflows/import/import-results.ts");
  const line = call.shared.quiet ? undefined : new StatusLine(call.face);
  const imported: ImportedRound[] = [];
  const read = { expected: 0, logs: 0 };
  try {
    for await (const event of importResults(await requestOf(call), call.face.interrupt)) {
      if (event.kind === "unpacking") line?.show(() => `unpacking ${path.basename(event.archive)}`);
      if (event.kind === "found") read.expected = event.logCount;
      if (event.kind === "logs-read") {
        read.logs += event.logCount;
        line?.show(() => `reading logs: ${read.logs} of ${read.expected}`);
      }
      if (event.kind === "unpacked") warnAboutSkipped(event, call);
      if (event.kind === "imported") imported.push(event);
    }
  } finally {
    line?.clear();
  }
  return imported.map(({ folder, manifest }) => ({ folder, manifest }));
}

function warnAboutSkipped(
  { archive, skipped, skippedCount }: Extract<ImportEvent, { kind: "unpacked" }>,
  { face }: Call<typeof options>,
): void {
  const warning = face.err.paint.warn("warning:");
  for (const { name, reason } of skipped)
    face.err.print(`${warning} ${archive}: skipped \`${name}\`: ${reason}\n`);
  const more = skippedCount - skipped.length;
  if (more > 0) face.err.print(`${warning} ${archive}: ${more} more entries skipped\n`);
}

async function requestOf({
  arguments: sources,
  options: { into, edition, format, fromRepository },
  shared,
  face,
}: Call<typeof options>): Promise<ImportRequest> {
  const path = await import("node:path");
  const { ownResultsFolder } = await import("../../store/results/results-folders.ts");
  const { prepareHome } = await import("../../store/records/find/home-directory.ts");
  const home = await homeOf(face, shared);
  if (into === undefined) await prepareHome(home);
  return {
    sources: sources.map((source) => path.resolve(face.cwd, source)),
    into: into === undefined ? ownResultsFolder(home) : path.resolve(face.cwd, into),
    edition,
    format,
    isFromRepository: fromRepository,
    importedBy: `pitwall ${face.version}`,
  };
}

function printRound(
  folder: string,
  { suite, round, resultCount, runCount, files, missing }: RoundManifest,
  { face, shared }: Call<typeof options>,
): void {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const size = `${(bytes / 1e6).toFixed(2)} MB`;
  face.out.write(
    `${suite} ${round}   ${resultCount} results, ${runCount} runs, ${size} in ${face.out.paint.name(folder)}\n`,
  );
  if (shared.quiet) return;
  for (const sentence of missing)
    face.err.print(`${face.err.paint.warn("warning:")} ${sentence}\n`);
}
