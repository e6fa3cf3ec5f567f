/** A page address: the path below the base, and the state in the query. */
export interface Place {
  /** Starts with a slash and does not end with one: `/runs/20260101-101010-abcd`. */
  path: string;
  query: Readonly<Record<string, string>>;
}

/** How addresses contain places: as paths below a base, or after `#` on a static site. */
export type AddressKind = "path" | "hash";

/** Parses a place from an address; `/` and `/index.html` mean the first page. */
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

/** Returns the address of a place for a link. */
export function addressOf(place: Place, base: URL, kind: AddressKind): string {
  const query = new URLSearchParams(
    Object.entries(place.query).filter(([, value]) => value !== ""),
  ).toString();
  const text = `${place.path}${query === "" ? "" : `?${query}`}`;
  return kind === "hash" ? `#${text}` : `${base.pathname.replace(/\/$/u, "")}${text}`;
}
