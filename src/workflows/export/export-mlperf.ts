import { join, relative } from "node:path";
import { UserError } from "../../foundation/user-error.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { toMlperfSystemJson } from "../../schema/logs/mlperf-system-file.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { writeFolder, type FolderFile } from "../../store/logs/write-folder.ts";
import { showRun } from "../read-run/show-run.ts";

/** What was written, relative to the folder's parent; and runs left out because they have no verdict. */
export interface ExportedSubmission {
  folder: string;
  files: string[];
  skipped: string[];
}

/**
 * Writes runs as MLPerf lays submissions out: `<submitter>/results/<system>/<benchmark>/result_<n>.txt`
 * and `<submitter>/systems/<system>.json`. The records stay as they are.
 *
 * @throws UserError `folder-exists`, `nothing-to-export`, and what `showRun` throws
 * @see https://github.com/mlcommons/policies/blob/master/submission_rules.adoc
 */
export async function exportMlperf(
  store: RunStore,
  asked: {
    texts: readonly string[];
    folder: string;
    submitter: string;
    system: string | undefined;
  },
): Promise<ExportedSubmission> {
  const shown = await Promise.all(asked.texts.map((text) => showRun(store, text)));
  const pages = uniquePages(
    shown.flatMap((found) => (found.kind === "run" ? [found.page] : found.pages)),
  );
  const finished = pages.filter((page) => page.result !== undefined);
  const [first] = finished;
  if (first === undefined) {
    throw new UserError("nothing-to-export", "none of these runs has a verdict yet", {
      hint: "`pitwall runs` says which have: `reached` or `missed`",
    });
  }
  const submitter = safeName(asked.submitter);
  const files = finished.flatMap((page) => filesOf(page, finished, { ...asked, submitter }));
  const written = await writeFolder(asked.folder, uniqueFiles(files));
  return {
    folder: asked.folder,
    files: written.map((path) => relative(join(asked.folder, ".."), path)),
    skipped: pages.filter((page) => page.result === undefined).map((page) => page.request.runId),
  };
}

function filesOf(
  page: RunPage,
  all: readonly RunPage[],
  { submitter, system }: { submitter: string; system: string | undefined },
): FolderFile[] {
  const systemName = systemOf(page, system);
  const benchmark = safeName(page.request.startable.name);
  const sameDirectory = all.filter(
    (other) =>
      systemOf(other, system) === systemName &&
      safeName(other.request.startable.name) === benchmark,
  );
  const number = sameDirectory.indexOf(page);
  const description = toMlperfSystemJson(
    { ...page.request.system, system_name: systemName },
    { submitter, division: "open", status: "Research, Development, or Internal (RDI)" },
  );
  return [
    {
      path: join(submitter, "results", systemName, benchmark, `result_${number}.txt`),
      content: { kind: "copy", from: join(page.directory, "log.txt") },
    },
    {
      path: join(submitter, "systems", `${systemName}.json`),
      content: { kind: "text", text: `${JSON.stringify(description, undefined, 2)}\n` },
    },
  ];
}

function systemOf(page: RunPage, asked: string | undefined): string {
  return safeName(asked ?? page.request.system.system_name);
}

/** A name that is one folder everywhere. */
function safeName(name: string): string {
  return name.replaceAll(/[^\w.+-]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/gu, "") || "unnamed";
}

function uniquePages(pages: readonly RunPage[]): RunPage[] {
  return [...new Map(pages.map((page) => [page.request.runId, page])).values()];
}

function uniqueFiles(files: readonly FolderFile[]): FolderFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
