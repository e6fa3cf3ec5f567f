// Folders of files, answered as `pitwall doctor <folder>` answers them: written to a temporary folder and read by the program's own reader.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { diagnoseTarget } from "../../build/workflows/diagnose/diagnose-target.js";

/** The case with its diagnosis, for `answerOf`. */
export async function withDiagnosis({ files, ...labelled }) {
  const folder = mkdtempSync(join(tmpdir(), "diagnose-folder-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const means = {
      store: undefined,
      cwd: folder,
      env: {},
      nowMs: Date.now(),
      looksAtRanks: false,
    };
    const [{ diagnosis }] = await diagnoseTarget(folder, means);
    return { ...labelled, diagnosis };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
