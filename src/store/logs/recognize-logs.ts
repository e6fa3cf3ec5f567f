import { join } from "node:path";
import { readLogFile } from "./read-log-file.ts";

/** A folder with more files than this is not a folder of logs. */
const maximumFiles = 2000;
/** A program may print this much before its first MLPerf line. */
const searchedBytes = 8 * 1024 * 1024;

const token = /:::ML(?:L|LOG |Pv0\.5\.0 )/u;

/** Files of other kinds that folders of logs contain. */
const otherFiles =
  /\.(?:csv|ipynb|json|jsonl|md|npy|parquet|pdf|pkl|png|pt|py|pth|sh|svg|tar|tfevents.*|tgz|toml|xml|ya?ml|zip|zst)$/iu;

/** The names of text files, packed with gzip or not, that contain MLPerf lines. Hidden files are ignored. */
export async function recognizeLogs(folder: string, names: readonly string[]): Promise<string[]> {
  const logs: string[] = [];
  if (names.length > maximumFiles) return logs;
  for (const name of names) {
    if (/^[._]/u.test(name) || otherFiles.test(name)) continue;
    if (await hasMlperfLine(join(folder, name))) logs.push(name);
  }
  return logs;
}

async function hasMlperfLine(path: string): Promise<boolean> {
  let bytesRead = 0;
  let tail = "";
  for await (const piece of readLogFile(path)) {
    if (piece.kind !== "bytes" || bytesRead > searchedBytes) return false;
    const { bytes } = piece;
    bytesRead += bytes.length;
    const text =
      tail + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    if (token.test(text)) return true;
    tail = text.slice(-16);
  }
  return false;
}
