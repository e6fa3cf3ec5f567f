import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../foundation/error-code.ts";
import type { SystemReading } from "../../schema/logs/result-folder.ts";
import { entryFile, systemFile, type SystemFile } from "../../schema/logs/submission.ts";
import { parseJson } from "./read-scaling-file.ts";

/** Where a description may stand. */
export interface SystemPlace {
  organisationPath: string;
  systemFolder: string;
  systemPath: string;
}

/** Reads `systems/<system>.json`, or `entry.json` of round 0.5, beside the benchmarks or one folder up. */
export async function readSystem(place: SystemPlace): Promise<SystemReading> {
  const path = join(place.organisationPath, "systems", `${place.systemFolder}.json`);
  const text = await readIfThere(path);
  if (text !== undefined) return readSystemText(path, text);
  for (const folder of [place.systemPath, dirname(place.systemPath)]) {
    const entryPath = join(folder, "entry.json");
    const entry = await readIfThere(entryPath);
    if (entry !== undefined) return readEntryText(entryPath, entry);
  }
  return { kind: "missing", path };
}

function readSystemText(path: string, text: string): SystemReading {
  const json = parseJson(text);
  if (json.kind === "broken")
    return { kind: "broken", path, reason: json.reason, system: pickOut(text) };
  const parsed = systemFile.safeParse(json.value);
  return parsed.success
    ? { kind: "system-file", path, system: parsed.data }
    : { kind: "broken", path, reason: "it is no system description", system: pickOut(text) };
}

function readEntryText(path: string, text: string): SystemReading {
  const json = parseJson(text);
  if (json.kind === "broken")
    return { kind: "broken", path, reason: json.reason, system: pickOut(text) };
  const parsed = entryFile.safeParse(json.value);
  return parsed.success
    ? { kind: "entry-file", path, system: parsed.data }
    : { kind: "broken", path, reason: "it is no `entry.json` of round 0.5", system: pickOut(text) };
}

/**
 * The few fields that scores need, out of a text that does not parse. NVIDIA's files of round 0.6 are lines
 * `key: {"value": …}` with Python dictionaries inside; Alibaba's of 0.7 have a comma too many.
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

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
