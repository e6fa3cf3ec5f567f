import { formatsHelp, type WritableFormat, writableFormats } from "../../formats/formats.ts";
import type { WriterOption, WriterOptionValues } from "../../formats/format.ts";
import { shellWord } from "../../foundation/text/shell-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ExportOutcome } from "../../workflows/export/export-runs.ts";
import {
  type Call,
  defineCommand,
  exitCodes,
  type Face,
  type OptionValues,
} from "../command-table.ts";
import { openStore } from "../open-store.ts";
import { rawCsvOption } from "../answers/raw-csv.ts";

/** `` `submission` for `mlperf`, … ``. */
function defaultFolders(): string {
  const folders = writableFormats().flatMap(({ name, write }) =>
    write.gives === "folder" ? [`\`${write.defaultFolder}\` for \`${name}\``] : [],
  );
  return folders.join(", ");
}

/** `` for `mlflow` ``: the formats that take an option. */
function formatsTaking(option: WriterOption): string {
  const names = writableFormats().filter(({ write }) => write.options.includes(option));
  return `for ${names.map(({ name }) => `\`${name}\``).join(", ")}`;
}

const options = {
  format: {
    takes: "choice",
    choices: writableFormats().map(({ name }) => name),
    default: "mlperf",
    group: "Export",
    help: formatsHelp(writableFormats()),
  },
  out: {
    takes: "text",
    placeholder: "path",
    group: "Export",
    help: `folder or file to write, which must not exist; default: ${defaultFolders()}, else standard output`,
  },
  submitter: {
    takes: "text",
    placeholder: "name",
    group: "MLPerf",
    help: `${formatsTaking("submitter")}: the submitting organization; default: \`unnamed\``,
  },
  system: {
    takes: "text",
    placeholder: "name",
    group: "MLPerf",
    help: `${formatsTaking("system")}: name of the system; default: its processor or accelerators`,
  },
  experiment: {
    takes: "text",
    placeholder: "name",
    group: "MLflow",
    help: `${formatsTaking("experiment")}: name of the experiment, created if it does not exist; default: the name of the runs`,
  },
  trackingUri: {
    takes: "text",
    placeholder: "url",
    group: "MLflow",
    help: `${formatsTaking("trackingUri")}: send the runs to this server and write no files; log in with the environment variables \`MLFLOW_TRACKING_TOKEN\`, or \`MLFLOW_TRACKING_USERNAME\` and \`MLFLOW_TRACKING_PASSWORD\``,
  },
  ...rawCsvOption,
} as const;

export const exportCommand = defineCommand({
  name: "export",
  summary: "Export runs as an MLPerf submission or for other programs",
  usage: "<run>…",
  arguments: [{ name: "run…", help: "runs or series of `pitwall runs`, or `last`" }],
  argumentCount: { minimum: 1, maximum: 1000 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall export last --format mlperf --submitter Acme --out submission",
      does: "numbered logs and the system description",
    },
    {
      command: "pitwall export last --format csv > curve.csv",
      does: "one line for each evaluation",
    },
    {
      command: "pitwall export last --format tensorboard --out runs",
      does: "event files, for `tensorboard --logdir runs`",
    },
    {
      command: "pitwall export last --format html --out run.html",
      does: "one page to send by mail",
    },
    {
      command: "pitwall export last --format mlflow --tracking-uri http://localhost:5000",
      does: "a run on an MLflow server for each run",
    },
  ],
  options,
  exits: [
    { code: 0, when: "written" },
    { code: 3, when: "the server of `--tracking-uri` cannot be reached, or failed" },
  ],
  async act(call) {
    const outcome = await exportAs(call);
    if (outcome.kind === "document") {
      for (const piece of outcome.pieces)
        if (typeof piece === "string") call.face.out.write(piece);
        else call.face.out.writeBytes(piece);
    } else if (call.shared.json) {
      const { kind: _, ...written } = outcome;
      const skipped = written.skipped.map(({ runId }) => runId);
      const result = { ...written, skipped };
      const document = { schemaVersion: 1, command: "export", ok: true, result };
      call.face.out.write(`${JSON.stringify(document)}\n`);
    } else printPaths(outcome, call);
    if (!call.shared.quiet && !call.shared.json) await printNotes(outcome, call);
    return exitCodes.yes;
  },
});

async function exportAs({
  arguments: texts,
  options: { format: name, out, ...values },
  face,
  shared,
}: Call<typeof options>): Promise<ExportOutcome> {
  const { exportRuns } = await import("../../workflows/export/export-runs.ts");
  const path = await import("node:path");
  const format = formatNamed(name);
  if (shared.json && format.write.gives !== "folder" && out === undefined)
    throw new UserError("export-needs-out", "`--json` and the export both print a document", {
      saw: `\`--format ${name} --json\` without \`--out\``,
      hint: "add `--out <file>`, or omit `--json`",
    });
  if (format.write.gives === "document" && format.write.isBinary && out === undefined)
    refuseTerminal(format.name, face);
  return exportRuns(await openStore(face, shared), {
    texts,
    format,
    out: out === undefined ? undefined : path.resolve(face.cwd, out),
    workingFolder: face.cwd,
    options: writerOptions(values),
    env: face.env,
    signal: face.interrupt,
    version: face.version,
    nowMs: face.nowMs(),
  });
}

/** The options that were given. */
function writerOptions({
  submitter,
  system,
  experiment,
  trackingUri,
  rawCsv,
}: Omit<OptionValues<typeof options>, "format" | "out">): WriterOptionValues {
  const texts = { submitter, system, experiment, trackingUri };
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...(rawCsv ? { rawCsv } : {}) };
}

function refuseTerminal(name: string, { out }: Face): void {
  if (!out.isTerminal) return;
  throw new UserError("binary-to-terminal", `refusing to write \`${name}\` to a terminal`, {
    at: `--format ${name}`,
    hint: "use `--out <file>`, or redirect the output",
  });
}

/** The parser accepts only names from the table. */
function formatNamed(name: string): WritableFormat {
  const format = writableFormats().find((known) => known.name === name);
  if (format === undefined) throw new Error(`the format table has no \`${name}\``);
  return format;
}

type WrittenOutcome = Exclude<ExportOutcome, { kind: "document" }>;

function printPaths(outcome: WrittenOutcome, { face: { out } }: Call<typeof options>): void {
  out.write(
    `${writtenPaths(outcome)
      .map((path) => out.paint.name(path))
      .join("\n")}\n`,
  );
}

const maximumPrintedFiles = 20;

/** Files, the folder of many files, or the pages of the runs on a server. */
function writtenPaths(outcome: WrittenOutcome): readonly string[] {
  switch (outcome.kind) {
    case "folder":
      return outcome.files.length <= maximumPrintedFiles ? outcome.files : [outcome.folder];
    case "file":
      return [outcome.file];
    case "server":
      return outcome.runs.map(({ url }) => url);
  }
}

/** Skipped runs, the notice of the format, and what to do with the output. */
async function printNotes(
  outcome: ExportOutcome,
  { face: { err, cwd }, options: { format } }: Call<typeof options>,
): Promise<void> {
  for (const { runId, reason } of outcome.skipped)
    err.write(`${err.paint.warn("warning:")} left out: \`${runId}\` ${reason}\n`);
  const { notice, next } = formatNamed(format).write;
  if (notice !== undefined) err.write(`\n${notice}\n`);
  if (next === undefined || (outcome.kind !== "folder" && outcome.kind !== "file")) return;
  const path = await import("node:path");
  const written = outcome.kind === "folder" ? outcome.folder : outcome.file;
  const { command, does } = next(shellWord(path.relative(cwd, written)));
  err.write(`\nnext: ${err.paint.name(command)}   ${does}\n`);
}
