import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { WorldError } from "../../foundation/errors/user-error.ts";
import type { EmbeddedWorkload, WorkloadFiles } from "../../trainer/workload.ts";

/**
 * The text of a workload's data files, checked against their sha256 and unpacked.
 *
 * @throws WorldError if a file is missing or has another sha256
 */
export async function readWorkloadFiles(
  workload: EmbeddedWorkload,
  dataDirectory: string,
): Promise<WorkloadFiles> {
  const entries = await Promise.all(
    workload.data.files.map(async ({ path, sha256 }) => {
      const bytes = await readDataFile(join(dataDirectory, path));
      const found = createHash("sha256").update(bytes).digest("hex");
      if (found !== sha256) {
        throw new WorldError(
          "data-damaged",
          `\`${path}\` differs from the file shipped with Pitwall`,
          {
            at: join(dataDirectory, path),
            saw: `sha256 ${found} instead of ${sha256}`,
            hint: "reinstall Pitwall",
          },
        );
      }
      const text = path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
      return [path, text.toString("utf8")] as const;
    }),
  );
  return Object.fromEntries(entries);
}

async function readDataFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new WorldError("data-missing", `cannot read \`${path}\``, {
      saw: cause instanceof Error ? cause.message : String(cause),
      hint: "reinstall Pitwall",
      cause,
    });
  }
}
