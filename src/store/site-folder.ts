import { cp, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../foundation/user-error.ts";
import { siteMarker, type SiteMarker } from "../schema/site-marker.ts";
import { onDisk } from "./disk-error.ts";
import { makeDirectory } from "./make-directory.ts";
import { readText } from "./open-file.ts";

const markerName = "pitwall.json";
const draftPrefix = ".pitwall-draft-";

/** A site while it is written: out of sight until it is whole. */
export interface SiteDraft {
  /** @returns bytes written */
  write(path: string, text: string): Promise<number>;
  /** Copies a folder's content; paths for which `asName` gives nothing are left out. @returns bytes copied */
  copyFolder(from: string, asName: (name: string) => string | undefined): Promise<number>;
  /** Puts everything in its place, instead of what an earlier export left; other files stay as they are. */
  finish(marker: Omit<SiteMarker, "entries">): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Begins a site in a folder that is new, empty, or holds an earlier export.
 *
 * @param isForced writes among files of others, too
 * @throws UserError `folder-not-ours`; and what the disk has to say
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
    // Of exports that were killed.
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

/** The page last, and after it the marker: whoever looks meanwhile finds an old page with old files, or a new one with all of its own. */
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
    await takePlace(join(draft, name), join(folder, name));
  const gone = site.former?.entries.filter((name) => !entries.includes(name)) ?? [];
  for (const name of gone) await rm(join(folder, name), { recursive: true, force: true });
  await rm(draft, { recursive: true, force: true });
}

async function takePlace(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
}

/** What an earlier export said of itself; undefined where there was none, or the file is something else's. */
async function readMarker(folder: string): Promise<SiteMarker | undefined> {
  const read = await readText(join(folder, markerName), { followsLinks: false });
  if (read.kind !== "read") return undefined;
  const parsed = siteMarker.safeParse(jsonOf(read.text));
  // Names that lead out of the folder were never written by us.
  const isPlain = parsed.data?.entries.every((name) => /^[\w][\w.-]*$/u.test(name)) ?? false;
  return isPlain ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema says that nothing is no marker.
    return undefined;
  }
}
