import {
  atlasDocument,
  atlasRowDocument,
  type AtlasDocument,
  type AtlasRowDocument,
} from "../../src/schema/dashboard/atlas-document.ts";
import { fetchDocument } from "../api.ts";
import { isStaticSite } from "../router.ts";

export function fetchAtlas(signal: AbortSignal): Promise<AtlasDocument> {
  return fetchDocument(atlasDocument, isStaticSite ? "api/atlas.json" : "api/atlas", { signal });
}

/** @param index index of the row in the atlas, which names its file on a static site */
export function fetchAtlasRow(rowId: string, index: number): Promise<AtlasRowDocument> {
  if (isStaticSite) return fetchDocument(atlasRowDocument, `api/rows/${index}.json`);
  return fetchDocument(atlasRowDocument, "api/atlas/row", { parameters: { rowId } });
}
