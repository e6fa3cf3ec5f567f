/**
 * Addresses of the dashboard's pages, in the order of the navigation. The server sends the page's document for them;
 * `web/pages.ts` maps each to its page.
 */
export const pagePatterns = [
  "/runs",
  "/runs/:runId",
  "/runs/:runId/doctor",
  "/series/:seriesId",
  "/overlay",
  "/races",
  "/races/:raceId",
  "/atlas",
  "/compare",
  "/scaling",
  "/pareto",
  "/rcp",
  "/plan",
] as const;
export type PagePattern = (typeof pagePatterns)[number];
