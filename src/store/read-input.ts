import { text } from "node:stream/consumers";
import { readText, unreadableFile } from "./open-file.ts";

/**
 * Reads a file that the user named, or standard input for `-`.
 *
 * @throws UserError `file-unreadable`
 */
export async function readInput(path: string): Promise<string> {
  if (path === "-") return text(process.stdin);
  const read = await readText(path, { followsLinks: true });
  if (read.kind !== "read") throw unreadableFile(path, read);
  return read.text;
}
