import { dirname, join } from "node:path";
import type { SystemReading } from "../../schema/logs/result-folder.ts";
import { entryFile, systemFile, type SystemFile } from "../../schema/logs/submission.ts";
import { describeRefusal, readText } from "../open-file.ts";
import { parseJson } from "./read-scaling-file.ts";

/** Possible locations of a description. */
export interface SystemPaths {
  organisationPath: string;
  systemFolder: string;
  systemPath: string;
}

/** Reads `systems/<system>.json`, or `entry.json` of round 0.5, next to the benchmarks or one folder above. */
export async function readSystem(paths: SystemPaths): Promise<SystemReading> {
  const path = join(paths.organisationPath, "systems", `${paths.systemFolder}.json`);
  const read = await readText(path, { followsLinks: true });
  if (read.kind === "read") return readSystemText(path, read.text);
  if (read.kind !== "missing") return broken(path, describeRefusal(read), "");
  for (const folder of [paths.systemPath, dirname(paths.systemPath)]) {
    const entryPath = join(folder, "entry.json");
    const entry = await readText(entryPath, { followsLinks: true });
    if (entry.kind === "read") return readEntryText(entryPath, entry.text);
    if (entry.kind !== "missing") return broken(entryPath, describeRefusal(entry), "");
  }
  return { kind: "missing", path };
}

function readSystemText(path: string, text: string): SystemReading {
  const json = parseJson(text);
  if (json.kind === "broken") return broken(path, json.reason, text);
  const parsed = systemFile.safeParse(json.value);
  return parsed.success
    ? { kind: "system-file", path, system: parsed.data }
    : broken(path, "it is not a system description", text);
}

function readEntryText(path: string, text: string): SystemReading {
  const json = parseJson(text);
  if (json.kind === "broken") return broken(path, json.reason, text);
  const parsed = entryFile.safeParse(json.value);
  return parsed.success
    ? { kind: "entry-file", path, system: parsed.data }
    : broken(path, "it is not an `entry.json` of round 0.5", text);
}

function broken(path: string, reason: string, text: string): SystemReading {
  return { kind: "broken", path, reason, system: pickOut(text) };
}

/**
 * Extracts the few fields that scores need from invalid JSON. NVIDIA's files of round 0.6 are lines `key: {"value": …}`
 * that contain Python dictionaries; Alibaba's files of 0.7 have an extra comma.
 */
function pickOut(text: string): SystemFile {
  const field = (...names: string[]): string | undefined => {
    for (const name of names) {
      const match = new RegExp(String.raw`\b${name}['"]?\s*:\s*['"]?([^'",\n}]+)`).exec(text);
      const lined = new RegExp(String.raw`^${name}:\s*\{\s*"value":\s*"([^"]+)"`, "m").exec(text);
      const value = (lined ?? match)?.[1]?.trim();
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return systemFile.parse({
    submitter: field("submitter", "org"),
    division: field("division"),
    status: field("status"),
    system_name: field("system_name", "platform"),
    number_of_nodes: field("number_of_nodes", "num_nodes"),
    accelerators_per_node: field("accelerators_per_node", "num_accelerators"),
    accelerator_model_name: field("accelerator_model_name", "accelerator"),
    framework: field("framework"),
  });
}
