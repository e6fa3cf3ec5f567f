import { isJsonObject } from "../../foundation/json.ts";
import { suites } from "../../schema/atlas/results/result-words.ts";
import type { RoundManifest } from "../../schema/atlas/rounds/round-manifest.ts";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

const fileMembers: Readonly<Record<string, Check>> = {
  bytes: isCount,
  sha256: (value) => typeof value === "string" && value.length === 64,
  rowCount: isCount,
};

const manifestMembers: Readonly<Record<keyof RoundManifest, Check>> = {
  schemaVersion: (value) => value === 1,
  suite: (value) => suites.some((suite) => suite === value),
  round: isText,
  publishedOn: (value) => value === undefined || isText(value),
  sourceRepository: isText,
  licence: isText,
  changes: isText,
  importedBy: isText,
  logCount: isCount,
  resultCount: isCount,
  runCount: isCount,
  missing: (value) => Array.isArray(value) && value.every(isText),
  files: (value) =>
    isJsonObject(value) && Object.values(value).every((file) => hasMembers(file, fileMembers)),
};

/**
 * Whether a value is a manifest, without loading the validator. Accepts only what the schema accepts. A value that this
 * function rejects must be parsed with the schema, which decides and gives the reason.
 */
export function isRoundManifest(value: unknown): value is RoundManifest {
  return hasMembers(value, manifestMembers);
}

function hasMembers(value: unknown, members: Readonly<Record<string, Check>>): boolean {
  return (
    isJsonObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, isRight]) => isRight(value[name]))
  );
}
