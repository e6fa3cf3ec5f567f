import { join } from "node:path";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { RoundManifest } from "../../schema/atlas/rounds/round-manifest.ts";
import { describeRefusal, listDirectory, readBytesSync } from "../open-file.ts";
import { isRoundManifest } from "./is-round-manifest.ts";

/** A round's folder with a manifest. */
export interface RoundFolder {
  folder: string;
  manifest: RoundManifest;
}

/** The rounds with a manifest in the folders, in folder order. */
export async function findRounds(
  folders: readonly string[],
  problems: ResultsProblem[],
  only?: string,
): Promise<RoundFolder[]> {
  const names = await Promise.all(folders.map(listRounds));
  const read = await Promise.all(
    folders.flatMap((parent, index) =>
      (names[index] ?? [])
        .filter((name) => only === undefined || name === only)
        .map((name) => readManifest(join(parent, name))),
    ),
  );
  problems.push(...read.flatMap((each) => (each.kind === "unreadable" ? each.problem : [])));
  return read.flatMap((each) => (each.kind === "read" ? each.round : []));
}

/**
 * Folders of rounds, without the temporary folders of imports that are running or were interrupted.
 */
async function listRounds(folder: string): Promise<string[]> {
  const listed = await listDirectory(folder);
  if (listed.kind !== "listed") return [];
  return listed.entries
    .filter((entry) => entry.isDirectory() && !/^\.|\.(?:draft|former)-\d+$/.test(entry.name))
    .map((entry) => entry.name)
    .toSorted();
}

type ManifestReading =
  | { kind: "read"; round: RoundFolder }
  | { kind: "unreadable"; problem: ResultsProblem };

async function readManifest(folder: string): Promise<ManifestReading> {
  const read = readBytesSync(join(folder, "manifest.json"), { followsLinks: true });
  if (read.kind === "missing")
    return { kind: "unreadable", problem: { kind: "manifest-missing", folder } };
  if (read.kind !== "read") {
    const reason = describeRefusal(read);
    return { kind: "unreadable", problem: { kind: "manifest-invalid", folder, reason } };
  }
  const manifest = parseJson(read.bytes.toString("utf8"));
  if (isRoundManifest(manifest)) return { kind: "read", round: { folder, manifest } };
  const { roundManifest } = await import("../../schema/atlas/rounds/round-manifest.ts");
  const parsed = roundManifest.safeParse(manifest);
  if (parsed.success) return { kind: "read", round: { folder, manifest: parsed.data } };
  const [issue] = parsed.error.issues;
  const reason =
    issue === undefined ? "it is not a manifest" : `${issue.path.join(".")}: ${issue.message}`;
  return { kind: "unreadable", problem: { kind: "manifest-invalid", folder, reason } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema reports that an empty value is not a manifest.
    return undefined;
  }
}
