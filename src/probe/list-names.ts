import { readdirSync } from "node:fs";

/** The names in a folder; none if it is missing, as on other operating systems and machines without such devices. */
export function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not there, or removed meanwhile.
    return [];
  }
}
