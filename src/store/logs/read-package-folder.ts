import type { Dirent } from "node:fs";
import { join, sep } from "node:path";
import type {
  PackageLocation,
  PowerFolder,
  SystemFileText,
} from "../../schema/logs/package-finding.ts";
import { listDirectory, readText, refusalCode } from "../open-file.ts";

/** `<organisation>/results/<system>/<benchmark>`; in HPC rounds `<system>/strong/<benchmark>` or `weak`. */
export function locationOfLogs(folder: string): PackageLocation {
  const parts = folder.split(sep);
  const at = parts.lastIndexOf("results");
  const [system, ...rest] = at < 1 ? [] : parts.slice(at + 1);
  const scaling = rest[0] === "strong" || rest[0] === "weak" ? rest.shift() : "strong";
  const [benchmark, ...deeper] = rest;
  const isResult = system !== undefined && benchmark !== undefined && deeper.length === 0;
  if (!isResult) return { kind: "folder", benchmark: undefined };
  return {
    kind: "submission",
    organisation: parts[at - 1] ?? "",
    organisationPath: parts.slice(0, at).join(sep),
    system,
    benchmark,
    scaling: scaling === "weak" ? "weak" : "strong",
  };
}

/** Reads `systems/<system>.json`, or lists the other descriptions. */
export async function readSystemFile(
  location: Extract<PackageLocation, { kind: "submission" }>,
): Promise<SystemFileText> {
  const path = `systems/${location.system}.json`;
  const read = await readText(join(location.organisationPath, path), { followsLinks: true });
  if (read.kind === "read") return { kind: "text", path, text: read.text };
  if (read.kind !== "missing") return { kind: "unreadable", path, code: refusalCode(read) };
  const others = await listIfThere(join(location.organisationPath, "systems"));
  return { kind: "missing", path, others: others.map(({ name }) => name) };
}

/** Counts the power logs next to a result's logs: `power/<name of the run>/node_<n>.txt`. */
export async function readPowerFolder(folder: string): Promise<PowerFolder> {
  const runs = (await listIfThere(join(folder, "power"))).filter((entry) => entry.isDirectory());
  if (runs.length === 0) return { kind: "none" };
  const nodeFileCounts = new Map<string, number>();
  for (const { name } of runs) {
    const files = await listIfThere(join(folder, "power", name));
    nodeFileCounts.set(name, files.filter((file) => /^node_.*\.txt$/.test(file.name)).length);
  }
  return { kind: "runs", nodeFileCounts };
}

/** Returns no entries if the folder is missing or cannot be read. */
async function listIfThere(folder: string): Promise<Dirent[]> {
  const listed = await listDirectory(folder);
  return listed.kind === "listed" ? listed.entries : [];
}
