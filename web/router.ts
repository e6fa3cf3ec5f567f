import { computed, signal } from "@preact/signals";
import { addressOf, readPlace, type AddressKind, type Place } from "./place.ts";

const mode = document.querySelector<HTMLMetaElement>('meta[name="pitwall-mode"]')?.content;

/** Whether documents come from files and nothing is live: what `pitwall export site` writes. */
export const isStaticSite = mode === "static";

const addressKind: AddressKind = isStaticSite ? "hash" : "path";
const base = new URL(".", document.baseURI);

const current = signal<Place>(readHere());

/** Where the reader is; follows links, the back button, and typed addresses. */
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

/** Goes to another page; the reader can come back to this one. */
export function goTo(to: Place): void {
  history.pushState(undefined, "", hrefOf(to));
  current.value = readHere();
  scrollTo(0, 0);
}

/**
 * Writes state of the page that is shown into the address; `undefined` takes an entry out.
 * A change that a reader would want to go back from makes a step in the history.
 */
export function keepInAddress(
  changes: Readonly<Record<string, string | undefined>>,
  { asStep = false } = {},
): void {
  const { path, query } = current.value;
  const kept = Object.entries({ ...query, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
  );
  const to = { path, query: Object.fromEntries(kept) };
  const address = hrefOf(to);
  if (address === hrefOf(current.value)) return;
  if (asStep) history.pushState(undefined, "", address);
  else history.replaceState(undefined, "", address);
  current.value = to;
}

/** Where documents are fetched from: `api/` below the base. */
export function documentUrl(path: string): URL {
  return new URL(path, base);
}
