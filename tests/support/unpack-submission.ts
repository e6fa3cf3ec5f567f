import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { temporaryFolder } from "./pitwall.ts";

const packed = z.record(z.string(), z.string());

/** Writes a packed submission (tests/fixtures/submissions) into a folder that goes when the test ends. */
export function unpackSubmission(name: string): string {
  const folder = temporaryFolder();
  const path = new URL(`../fixtures/submissions/${name}.json.gz`, import.meta.url);
  const files = packed.parse(JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")));
  for (const [file, text] of Object.entries(files)) writeInto(folder, file, text);
  return folder;
}

/** Writes one file, Latin-1 as the published ones are, and the folders above it. */
export function writeInto(folder: string, file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, "latin1");
}
