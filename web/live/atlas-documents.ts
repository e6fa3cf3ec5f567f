import { signal } from "@preact/signals";
import { measureRow, type MeasuringRod } from "../../src/atlas/rows/measures.ts";
import type { CompatibilityGroup } from "../../src/schema/atlas/answers/compatibility.ts";
import type { MeasuredRow } from "../../src/schema/atlas/answers/figures.ts";
import type { AtlasDocument, AtlasRowDocument } from "../../src/schema/dashboard/atlas-document.ts";
import type { ApiError } from "../api.ts";
import { fetchAtlas, fetchAtlasRow } from "../requests/atlas.ts";
import { isStaticSite } from "../router.ts";
import { asFailure } from "./follow.ts";
import { serverNowMs } from "./server-clock.ts";

/** All results with their measures. */
export interface Atlas {
  rows: readonly MeasuredRow[];
  groups: readonly CompatibilityGroup[];
  rod: MeasuringRod;
  accelerators: AtlasDocument["accelerators"];
  problems: AtlasDocument["problems"];
  referenceBenchmarks: AtlasDocument["referenceBenchmarks"];
  /** Index in the document by row id. */
  positions: ReadonlyMap<string, number>;
}

export interface AtlasState {
  atlas?: Atlas | undefined;
  /** When it was received, by the server's clock. */
  receivedMs?: number | undefined;
  /** Why the last request failed; earlier data stays. */
  failure?: ApiError | undefined;
}

/** The last received atlas, shared by all pages. */
export const atlasState = signal<AtlasState>({});

/** Own runs may have finished in the meantime. */
const staleAfterMs = 60_000;
/** Refresh interval of an open page; long, because measuring all rows takes time. */
const refreshIntervalMs = 300_000;

/** Fetches the atlas if it is missing or stale, and again when the page becomes visible. */
export function followAtlas(unmount: AbortSignal): void {
  const refresh = (): void => {
    const { receivedMs, failure } = atlasState.peek();
    const isFresh =
      receivedMs !== undefined && (isStaticSite || serverNowMs() - receivedMs < staleAfterMs);
    const isVisible = document.visibilityState === "visible";
    if (isVisible && (!isFresh || failure !== undefined)) void fetchNow(unmount);
  };
  refresh();
  const timer = setInterval(refresh, refreshIntervalMs);
  document.addEventListener("visibilitychange", refresh, { signal: unmount });
  unmount.addEventListener("abort", () => clearInterval(timer), { once: true });
}

async function fetchNow(unmount: AbortSignal): Promise<void> {
  try {
    const atlas = readAtlas(await fetchAtlas(unmount));
    atlasState.value = { atlas, receivedMs: serverNowMs() };
    // Published results do not change.
    for (const rowId of rowDocuments.keys())
      if (rowId.startsWith("own/")) rowDocuments.delete(rowId);
  } catch (error) {
    if (!unmount.aborted) atlasState.value = { ...atlasState.peek(), failure: asFailure(error) };
  }
}

/** Measures every row of a document. */
export function readAtlas(document: AtlasDocument): Atlas {
  const { rows, prices, accelerators, compatibility, problems, referenceBenchmarks } = document;
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
    accelerators,
    problems,
    referenceBenchmarks,
    positions: new Map(rows.map(({ rowId }, index) => [rowId, index])),
  };
}

const rowDocuments = new Map<string, Promise<AtlasRowDocument>>();

/** The runs and curves of a result, fetched once. */
export function rowDocument(atlas: Atlas, rowId: string): Promise<AtlasRowDocument> {
  const known = rowDocuments.get(rowId);
  if (known !== undefined) return known;
  const pending = fetchAtlasRow(rowId, atlas.positions.get(rowId) ?? 0);
  rowDocuments.set(rowId, pending);
  // A failed request is not cached.
  pending.catch(() => rowDocuments.delete(rowId));
  return pending;
}
