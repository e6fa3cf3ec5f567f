import type { RunStore } from "../store/records/run-store.ts";
import type { Face, SharedOptions } from "./command-table.ts";

/** The records of `--home`, else `$PITWALL_HOME`, else `./.pitwall`. */
export async function openStore(face: Face, shared: SharedOptions): Promise<RunStore> {
  const { diskRunStore } = await import("../store/records/disk-run-store.ts");
  return diskRunStore(await homeOf(face, shared));
}

export async function homeOf(face: Face, shared: SharedOptions): Promise<string> {
  const { homeDirectory } = await import("../store/records/find/home-directory.ts");
  const env = shared.home === undefined ? face.env : { PITWALL_HOME: shared.home };
  return homeDirectory(env, face.cwd);
}
