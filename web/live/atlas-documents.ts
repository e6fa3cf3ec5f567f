import { signal } from "@preact/signals";
import { measureRow, type MeasuringRod } from "../../src/atlas/rows/measures.ts";
import type { CompatibilityGroup } from "../../src/schema/atlas/compatibility.ts";
import type { MeasuredRow } from "../../src/schema/atlas/figures.ts";
import type { AtlasDocument, AtlasRowDocument } from "../../src/schema/dashboard/atlas-document.ts";
import { type ApiError, fetchAtlas, fetchAtlasRow } from "../api.ts";
import { isStaticSite } from "../router.ts";
import { asFailure } from "./follow.ts";
import { serverNowMs } from "./server-clock.ts";

/** Every result there is, measured. */
export interface Atlas {
  rows: readonly MeasuredRow[];
  groups: readonly CompatibilityGroup[];
  rod: MeasuringRod;
  problems: AtlasDocument["problems"];
  /** Places in the document, by id. */
  places: ReadonlyMap<string, number>;
}

export interface AtlasState {
  atlas?: Atlas | undefined;
  /** When it came, by the server's clock. */
  heardMs?: number | undefined;
  /** Why the last question was not answered; what came before stays. */
  failure?: ApiError | undefined;
}

/** The atlas as it was last heard of; kept from page to page. */
export const atlasState = signal<AtlasState>({});

/** Own runs may have finished since. */
const oldAfterMs = 60_000;
/** Of a page that stays open; reading everything anew takes a moment. */
const renewEveryMs = 300_000;

/** Fetches the atlas where it is not there or old, and again whenever the reader comes back to the page. */
export function followAtlas(leave: AbortSignal): void {
  const renew = (): void => {
    const { heardMs, failure } = atlasState.peek();
    const isFresh = heardMs !== undefined && (isStaticSite || serverNowMs() - heardMs < oldAfterMs);
    const isSeen = document.visibilityState === "visible";
    if (isSeen && (!isFresh || failure !== undefined)) void fetchNow(leave);
  };
  renew();
  const timer = setInterval(renew, renewEveryMs);
  document.addEventListener("visibilitychange", renew, { signal: leave });
  leave.addEventListener("abort", () => clearInterval(timer), { once: true });
}

async function fetchNow(leave: AbortSignal): Promise<void> {
  try {
    const atlas = readAtlas(await fetchAtlas(leave));
    atlasState.value = { atlas, heardMs: serverNowMs() };
    // What was published stays as it is.
    for (const rowId of rowDocuments.keys())
      if (rowId.startsWith("own/")) rowDocuments.delete(rowId);
  } catch (error) {
    if (!leave.aborted) atlasState.value = { ...atlasState.peek(), failure: asFailure(error) };
  }
}

/** Measures every row of a document. */
export function readAtlas(document: AtlasDocument): Atlas {
  const { rows, prices, accelerators, compatibility, problems } = document;
  const rod: MeasuringRod = {
    prices: new Map(prices.map((price) => [price.accelerator, price])),
    powerLimitWatts: new Map(
      accelerators.flatMap(({ name, powerLimitWatts: watts }) =>
        watts === undefined ? [] : [[name, watts] as const],
      ),
    ),
  };
  return {
    rows: rows.map((row) => measureRow(row, rod)),
    groups: compatibility,
    rod,
    problems,
    places: new Map(rows.map(({ rowId }, index) => [rowId, index])),
  };
}

const rowDocuments = new Map<string, Promise<AtlasRowDocument>>();

/** A result's runs and curves, fetched once. */
export function rowDocument(atlas: Atlas, rowId: string): Promise<AtlasRowDocument> {
  const known = rowDocuments.get(rowId);
  if (known !== undefined) return known;
  const coming = fetchAtlasRow(rowId, atlas.places.get(rowId) ?? 0);
  rowDocuments.set(rowId, coming);
  // What failed may be asked for again.
  coming.catch(() => rowDocuments.delete(rowId));
  return coming;
}
