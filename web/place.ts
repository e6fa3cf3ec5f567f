/** Where the reader is: a page's path below the base, and the state it keeps in the address. */
export interface Place {
  /** Begins with a slash and has no other at its end: `/runs/20260101-101010-abcd`. */
  path: string;
  query: Readonly<Record<string, string>>;
}

/** How places are written into addresses: as paths below a base, or behind a hash where only files are served. */
export type AddressKind = "path" | "hash";

/** Reads a place out of an address; `/` and the page's own file mean the first page. */
export function readPlace(address: URL, base: URL, kind: AddressKind): Place {
  const text =
    kind === "hash"
      ? address.hash.slice(1)
      : `${address.pathname.slice(base.pathname.length - 1)}${address.search}`;
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1));
  return { path: cleanPath(path), query: Object.fromEntries(query) };
}

function cleanPath(path: string): string {
  const clean = path.replace(/\/+$/u, "").replace(/^\/?index\.html$/u, "");
  return clean.startsWith("/") ? clean : `/${clean}`;
}

/** The address of a place, to be written into a link. */
export function addressOf(place: Place, base: URL, kind: AddressKind): string {
  const query = new URLSearchParams(
    Object.entries(place.query).filter(([, value]) => value !== ""),
  ).toString();
  const text = `${place.path}${query === "" ? "" : `?${query}`}`;
  return kind === "hash" ? `#${text}` : `${base.pathname.replace(/\/$/u, "")}${text}`;
}
