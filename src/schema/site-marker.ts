import { z } from "zod";

/** `pitwall.json` in the folder of an exported site: marks the folder as an export, with its date and files. */
export const siteMarker = z.strictObject({
  kind: z.literal("pitwall-site"),
  schemaVersion: z.literal(1),
  /** Of the Pitwall that wrote it. */
  version: z.string(),
  /** ISO 8601. */
  exportedAt: z.string(),
  /** Results in it, and how many of them are the exporter's own runs. */
  resultCount: z.number().int().nonnegative(),
  ownCount: z.number().int().nonnegative(),
  /** All files together. */
  bytes: z.number().int().nonnegative(),
  /** Files and folders at the top that belong to the site. */
  entries: z.array(z.string()),
});
export type SiteMarker = z.output<typeof siteMarker>;
