import { gzipSync } from "node:zlib";
import { resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { bundleText } from "../../report/diagnosis/bundle-text.ts";
import type { BundlePreview } from "../../schema/documents/diagnosis-documents.ts";
import { openRecordFolder } from "../../store/records/disk-run-store.ts";
import { archiveFiles } from "../../store/records/record-archive.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { writeNewFile } from "../../store/write-new-file.ts";
import { bundleRun } from "../../workflows/diagnose/bundle-run.ts";
import { diagnoseTarget } from "../../workflows/diagnose/diagnose-target.ts";
import { type Call, exitCodes, type ExitCode } from "../command-table.ts";

interface BundleCall extends Pick<Call, "face" | "shared"> {
  bundle: string | undefined;
  redactHosts: boolean;
  yes: boolean;
}

/** Lists what a redacted archive of a run holds, and writes it with `--yes`. */
export async function bundleAndReport(
  target: string,
  store: RunStore,
  { bundle: path, redactHosts: redactsHosts, yes: isWritten, face, shared }: BundleCall,
): Promise<ExitCode> {
  if (path === undefined) {
    throw new UserError("option-unused", "`--yes` and `--redact-hosts` require `--bundle`", {
      hint: `pitwall doctor ${target} --bundle run.tar.gz`,
    });
  }
  const { cwd } = face;
  const [diagnosed, ...more] = await diagnoseTarget(target, {
    store,
    cwd,
    env: face.env,
    nowMs: face.nowMs(),
    looksAtRanks: false,
  });
  if (diagnosed?.runId === undefined || more.length > 0) {
    throw new UserError("not-one-run", `\`${target}\` is not one run`, {
      at: "--bundle",
      hint: "name one run of the series; `pitwall runs` lists them",
    });
  }
  const opened = await openRecordFolder(diagnosed.directory);
  if (opened.kind !== "opened") throw new Error("a record was diagnosed and cannot be opened");
  const { record } = opened;
  const { files, preview } = await bundleRun(record, diagnosed.diagnosis, { redactsHosts });
  if (isWritten) {
    const archive = gzipSync(Buffer.concat([...archiveFiles(files)]));
    await writeNewFile(resolve(cwd, path), [archive]);
  }
  const shown: BundlePreview = { file: path, isWritten, ...preview };
  if (shared.json) {
    const { writeJson } = await import("../terminal/atlas-screen.ts");
    writeJson(face, "doctor", { diagnoses: [], bundle: shown });
  } else {
    face.out.print(`${bundleText(shown, { target, redactsHosts }, face.out.paint)}\n`);
  }
  return exitCodes.yes;
}
