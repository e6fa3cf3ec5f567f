import { defineCommand, exitCodes } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
  format: {
    takes: "choice",
    choices: ["mlperf"],
    default: "mlperf",
    group: "Export",
    help: "`mlperf`: <submitter>/results/<system>/<benchmark>/result_<n>.txt and systems/<system>.json",
  },
  out: {
    takes: "text",
    placeholder: "folder",
    default: "submission",
    group: "Export",
    help: "where to write; must not be there yet",
  },
  submitter: {
    takes: "text",
    placeholder: "name",
    default: "unnamed",
    group: "Export",
    help: "the submitting organisation",
  },
  system: {
    takes: "text",
    placeholder: "name",
    group: "Export",
    help: "what to call the system; else after its processor or accelerators",
  },
} as const;

export const exportCommand = defineCommand({
  name: "export",
  summary: "Export runs as an MLPerf submission folder",
  usage: "<run>…",
  arguments: [{ name: "run…", help: "runs or series of `pitwall runs`, or `last`" }],
  argumentCount: { least: 1, most: 1000 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall export last --format mlperf --submitter Acme --out submission",
      does: "logs, numbered as MLPerf numbers them, and the system's description",
    },
  ],
  options,
  exits: [{ code: 0, when: "written" }],
  async act({ arguments: texts, options: { out, submitter, system }, face, shared }) {
    const { exportMlperf } = await import("../../workflows/export/export-mlperf.ts");
    const path = await import("node:path");
    const store = await openStore(face, shared);
    const written = await exportMlperf(store, {
      texts,
      folder: path.resolve(face.cwd, out),
      submitter,
      system,
    });
    if (shared.json) {
      face.out.write(
        `${JSON.stringify({ schemaVersion: 1, command: "export", ok: true, result: written })}\n`,
      );
      return exitCodes.yes;
    }
    const { paint } = face.out;
    face.out.write(`${written.files.map((file) => paint.name(file)).join("\n")}\n`);
    if (!shared.quiet) {
      for (const runId of written.skipped)
        face.err.write(`${paint.warn("warning:")} \`${runId}\` has no verdict and was left out\n`);
      face.err.write(`\nThese are unverified results: only MLCommons verifies a submission.\n`);
    }
    return exitCodes.yes;
  },
});
