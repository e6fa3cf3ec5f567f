import { computed, signal } from "@preact/signals";
import { addressOf, readPlace, type AddressKind, type Place } from "./place.ts";

const mode = document.querySelector<HTMLMetaElement>('meta[name="pitwall-mode"]')?.content;

/** Whether this is a static site written by `pitwall export site`: documents are files, and there are no live pages. */
export const isStaticSite = mode === "static";

const addressKind: AddressKind = isStaticSite ? "hash" : "path";
const base = new URL(".", document.baseURI);

const current = signal<Place>(readHere());

/** The current page address; follows links, the back button, and typed addresses. */
export const place = computed(() => current.value);

addEventListener("popstate", () => {
  current.value = readHere();
});

function readHere(): Place {
  return readPlace(new URL(location.href), base, addressKind);
}

export function hrefOf(to: Place): string {
  return addressOf(to, base, addressKind);
}

/** Goes to another page and adds a history entry. */
export function goTo(to: Place): void {
  history.pushState(undefined, "", hrefOf(to));
  current.value = readHere();
  scrollTo(0, 0);
}

/**
 * Writes state of the current page to the address; `undefined` removes an entry. With `asStep`, the change adds a history
 * entry; by default it replaces the current one.
 */
export function storeInAddress(
  changes: Readonly<Record<string, string | undefined>>,
  { asStep = false } = {},
): void {
  const { path, query } = current.value;
  const entries = Object.entries({ ...query, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
  );
  const to = { path, query: Object.fromEntries(entries) };
  const address = hrefOf(to);
  if (address === hrefOf(current.value)) return;
  if (asStep) history.pushState(undefined, "", address);
  else history.replaceState(undefined, "", address);
  current.value = to;
}

/** The URL of a document: a path such as `api/runs` below the base. */
export function documentUrl(path: string): URL {
  return new URL(path, base);
}
