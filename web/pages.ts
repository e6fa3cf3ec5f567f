import type { ComponentType } from "preact";
import { type PagePattern, pagePatterns } from "../src/schema/dashboard/page-patterns.ts";
import type { PageProps } from "./page-props.ts";

interface PageEntry {
  /** Its name in the navigation of every page; absent for pages that are reached from another one. */
  navigation?: string;
  /** Whether it needs a server: a static site leaves it out. */
  isLive: boolean;
  /** Each page is a chunk of its own, fetched when it is first shown. */
  load: () => Promise<ComponentType<PageProps>>;
}

const entries: Readonly<Record<PagePattern, PageEntry>> = {
  "/runs": {
    navigation: "Runs",
    isLive: true,
    load: async () => (await import("./views/runs/runs-page.tsx")).RunsPage,
  },
  "/runs/:runId": {
    isLive: true,
    load: async () => (await import("./views/run/run-page.tsx")).RunPage,
  },
  "/atlas": {
    navigation: "Atlas",
    isLive: false,
    load: async () => (await import("./views/atlas/atlas-page.tsx")).AtlasPage,
  },
  "/compare": {
    navigation: "Compare",
    isLive: false,
    load: async () => (await import("./views/compare/compare-page.tsx")).ComparePage,
  },
};

export interface Page extends PageEntry {
  /** `/runs/:runId`. */
  pattern: string;
}

/** All pages; the first one is also shown for `/`. */
export const pages: readonly Page[] = pagePatterns.map((pattern) =>
  Object.assign({ pattern }, entries[pattern]),
);
