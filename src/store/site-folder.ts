import { cp, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../foundation/errors/user-error.ts";
import { siteMarker, type SiteMarker } from "../schema/site-marker.ts";
import { onDisk } from "./disk-error.ts";
import { makeDirectory } from "./make-directory.ts";
import { readText } from "./open-file.ts";

const markerName = "pitwall.json";
const draftPrefix = ".pitwall-draft-";

/** A site that is being written; not visible until it is complete. */
export interface SiteDraft {
  /** @returns bytes written */
  write(path: string, text: string): Promise<number>;
  /** Copies a folder's content; omits paths for which `asName` returns undefined. @returns bytes copied */
  copyFolder(from: string, asName: (name: string) => string | undefined): Promise<number>;
  /** Moves everything to its final path and replaces an earlier export; other files are kept. */
  finish(marker: Omit<SiteMarker, "entries">): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Starts a site in a folder that is new, empty, or contains an earlier export.
 *
 * @param isForced also writes into a folder with other files
 * @throws UserError `folder-not-ours`; disk errors
 */
export async function draftSite(
  folder: string,
  { isForced }: { isForced: boolean },
): Promise<SiteDraft> {
  return onDisk({ doing: "write the site", path: folder, chosenBy: "--out" }, async () => {
    await makeDirectory(folder);
    const names = await readdir(folder);
    const left = names.filter((name) => name.startsWith(draftPrefix));
    const former = await readMarker(folder);
    if (former === undefined && names.length > left.length && !isForced)
      throw new UserError(
        "folder-not-ours",
        `\`${folder}\` contains files that Pitwall did not write`,
        {
          hint: "choose another folder, or use `--force` to write into it",
        },
      );
    // Drafts of exports that were killed.
    for (const name of left) await rm(join(folder, name), { recursive: true, force: true });
    const draft = join(folder, `${draftPrefix}${process.pid}`);
    await mkdir(draft);
    return draftIn(draft, folder, former);
  });
}

function draftIn(draft: string, folder: string, former: SiteMarker | undefined): SiteDraft {
  return {
    write: (path, text) =>
      onDisk({ doing: "write the site", path: join(folder, path), chosenBy: "--out" }, async () => {
        const target = join(draft, path);
        await makeDirectory(dirname(target));
        await writeFile(target, text);
        return Buffer.byteLength(text);
      }),
    copyFolder: (from, asName) =>
      onDisk({ doing: "copy the pages", path: from }, () => copyFolder(from, draft, asName)),
    finish: (marker) =>
      onDisk({ doing: "write the site", path: folder, chosenBy: "--out" }, async () => {
        await finish(draft, folder, { marker, former });
      }),
    discard: () => rm(draft, { recursive: true, force: true }),
  };
}

async function copyFolder(
  from: string,
  draft: string,
  asName: (name: string) => string | undefined,
): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(from)) {
    const wanted = asName(name);
    if (wanted === undefined) continue;
    const target = join(draft, wanted);
    await cp(join(from, name), target, { recursive: true });
    bytes += await sizeOf(target);
  }
  return bytes;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await sizeOf(join(path, name));
  return bytes;
}

/** Moves the page last, and then the marker, so that a visitor always gets a page whose files exist. */
async function finish(
  draft: string,
  folder: string,
  site: { marker: Omit<SiteMarker, "entries">; former: SiteMarker | undefined },
): Promise<void> {
  const made = await readdir(draft);
  const entries = made.toSorted((a, b) => Number(a === "index.html") - Number(b === "index.html"));
  const marker: SiteMarker = { ...site.marker, entries };
  await writeFile(join(draft, markerName), `${JSON.stringify(marker, undefined, 2)}\n`);
  for (const name of [...entries, markerName])
    await moveEntry(join(draft, name), join(folder, name));
  const gone = site.former?.entries.filter((name) => !entries.includes(name)) ?? [];
  for (const name of gone) await rm(join(folder, name), { recursive: true, force: true });
  await rm(draft, { recursive: true, force: true });
}

async function moveEntry(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
}

/** The marker of an earlier export; undefined if there is none, or if the file is not a marker. */
async function readMarker(folder: string): Promise<SiteMarker | undefined> {
  const read = await readText(join(folder, markerName), { followsLinks: false });
  if (read.kind !== "read") return undefined;
  const parsed = siteMarker.safeParse(jsonOf(read.text));
  // Pitwall never writes names that refer to a path outside the folder.
  const isPlain = parsed.data?.entries.every((name) => /^[\w][\w.-]*$/u.test(name)) ?? false;
  return isPlain ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema rejects an empty value.
    return undefined;
  }
}
