import { join, relative } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { FormatFile, WriterOptionValues } from "../../formats/format.ts";
import type { WritableFormat } from "../../formats/formats.ts";
import { plainPaint } from "../../report/paint.ts";
import { resultCard } from "../../report/runs/card/result-card.ts";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { summariseSeries } from "../../score/series/summarise-series.ts";
import { telemetrySeries } from "../../score/tracking/telemetry-series.ts";
import { type FolderFile, writeFolder } from "../../store/logs/write-folder.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import { writeNewFile } from "../../store/write-new-file.ts";
import type { MlflowUpload } from "./export-to-mlflow.ts";
import { runsWithScore, type SkippedRun } from "./runs-to-export.ts";
import { showRun } from "../read-run/show-run.ts";

export interface ExportRequest {
  /** Runs or series, as `pitwall runs` names them. */
  texts: readonly string[];
  format: WritableFormat;
  /** The folder or file to write. Default: the format's folder in `workingFolder`, or no file for a document. */
  out: string | undefined;
  workingFolder: string;
  options: WriterOptionValues;
  /** For the credentials of a tracking server. */
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  version: string;
  nowMs: number;
}

export type ExportOutcome = {
  /** Runs that were left out, with the reasons. */
  skipped: SkippedRun[];
} & (
  | { kind: "folder"; folder: string; files: string[] }
  | { kind: "file"; file: string }
  | ({ kind: "server" } & MlflowUpload)
  /** Not written yet. */
  | { kind: "document"; pieces: Iterable<string | Uint8Array> }
);

/**
 * Exports runs in a format. Records are not changed.
 *
 * @throws UserError `option-not-for-format`, `nothing-to-export`, `folder-exists`, `file-exists`, `option-unused`, and
 *   what `showRun` and `exportToMlflow` throw
 */
export async function exportRuns(store: RunStore, request: ExportRequest): Promise<ExportOutcome> {
  const { texts, format, out, workingFolder, options } = request;
  const { write } = format;
  requireOptions(format, options);
  const found = await runsOf(store, texts);
  const pages = found.map(({ page }) => page);
  const { runs: chosen, skipped } = write.needsVerdict
    ? runsWithScore(pages)
    : { runs: pages, skipped: [] };
  const kept = found.filter(({ page }) => chosen.includes(page));
  const runs = await Promise.all(kept.map((run) => exportedRun(run, write)));
  if (runs.length === 0)
    throw new UserError("nothing-to-export", "no run to export", {
      saw: skipped.map(({ runId, reason }) => `\`${runId}\` ${reason}`).join("\n"),
      hint: "`pitwall runs` lists runs with their verdicts",
    });
  if (options.trackingUri !== undefined)
    return { ...(await upload(runs, options.trackingUri, request)), skipped };
  switch (write.gives) {
    case "folder": {
      const folder = out ?? join(workingFolder, write.defaultFolder);
      const context = { folder, cardOf: plainCard };
      const files = (await write.load())(runs, options, context).map(folderFile);
      const written = await writeFolder(folder, files);
      const parent = join(folder, "..");
      return {
        kind: "folder",
        folder,
        files: written.map((path) => relative(parent, path)),
        skipped,
      };
    }
    case "document":
      return { ...(await document((await write.load())(runs, options), out)), skipped };
    case "page": {
      const { pageOfRuns } = await import("./page-of-runs.ts");
      return { ...(await document([pageOfRuns(runs, request)], out)), skipped };
    }
  }
}

/** Written to `out`, or not yet. */
async function document(
  pieces: Iterable<string | Uint8Array>,
  out: string | undefined,
): Promise<{ kind: "file"; file: string } | { kind: "document"; pieces: typeof pieces }> {
  if (out === undefined) return { kind: "document", pieces };
  await writeNewFile(out, pieces);
  return { kind: "file", file: out };
}

async function upload(
  runs: readonly ExportedRun[],
  trackingUri: string,
  { out, options: { experiment }, env, signal }: ExportRequest,
): Promise<{ kind: "server" } & MlflowUpload> {
  if (out !== undefined)
    throw new UserError("option-unused", "`--out` has no effect with `--tracking-uri`", {
      at: "--out",
      hint: "omit one of them: `--tracking-uri` sends the runs to a server and writes no files",
    });
  const { exportToMlflow } = await import("./export-to-mlflow.ts");
  const { mlflowAddress } = await import("../../store/tracking/mlflow-server.ts");
  const address = mlflowAddress(trackingUri, env);
  const uploaded = await exportToMlflow(runs, { address, experiment, cardOf: plainCard, signal });
  return { kind: "server", ...uploaded };
}

function requireOptions({ name, write }: WritableFormat, options: WriterOptionValues): void {
  const unused = Object.keys(options).find(
    (option) => !write.options.some((known) => known === option),
  );
  if (unused === undefined) return;
  const flag = `--${unused.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UserError(
    "option-not-for-format",
    `\`${flag}\` does not apply to \`--format ${name}\``,
    { at: flag, hint: `omit \`${flag}\`` },
  );
}

interface FoundRun {
  page: RunPage;
  record: RunRecord;
}

/** Each run once, in the order of the request. */
async function runsOf(store: RunStore, texts: readonly string[]): Promise<FoundRun[]> {
  const shown = await Promise.all(texts.map((text) => showRun(store, text)));
  const runs = shown.flatMap((found) =>
    found.kind === "run"
      ? [found]
      : found.pages.flatMap((page, index): FoundRun[] => {
          const record = found.records[index];
          return record === undefined ? [] : [{ page, record }];
        }),
  );
  return [...new Map(runs.map((run) => [run.page.request.runId, run])).values()];
}

async function exportedRun(
  { page, record }: FoundRun,
  { omitsTelemetry }: WritableFormat["write"],
): Promise<ExportedRun> {
  if (omitsTelemetry === true) return { ...page, telemetry: [] };
  const files = await record.readSamples();
  return { ...page, telemetry: telemetrySeries(files.flatMap(({ samples }) => samples)) };
}

/** The card of one run; empty without a verdict. */
function plainCard({ request, result }: RunPage): string {
  if (result === undefined) return "";
  const reports = [{ request, result }];
  const summary = summariseSeries(reports, { isWholeSeries: false });
  return resultCard(summary, reports, plainPaint, { withNext: false });
}

function folderFile({ path, content }: FormatFile): FolderFile {
  switch (content.kind) {
    case "text":
    case "bytes":
    case "folder":
      return { path, content };
    case "log-of":
      return { path, content: { kind: "copy", from: join(content.run.directory, "log.txt") } };
  }
}
