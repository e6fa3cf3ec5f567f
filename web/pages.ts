import type { ComponentType } from "preact";
import type { PageProps } from "./page-props.ts";

export interface Page {
  /** `/runs/:runId`. */
  pattern: string;
  /** Where it stands in the head of every page; absent for those that are reached from another. */
  navigation?: string;
  /** Whether it needs a server behind it: a static site leaves it out. */
  isLive: boolean;
  /** Each page is a file of its own, fetched when it is first shown. */
  load: () => Promise<ComponentType<PageProps>>;
}

/** Every page there is; the first that fits is shown, and the first of all stands for `/`. */
export const pages: readonly Page[] = [
  {
    pattern: "/runs",
    navigation: "Runs",
    isLive: true,
    load: async () => (await import("./views/runs/runs-page.tsx")).RunsPage,
  },
  {
    pattern: "/runs/:runId",
    isLive: true,
    load: async () => (await import("./views/run/run-page.tsx")).RunPage,
  },
  {
    pattern: "/atlas",
    navigation: "Atlas",
    isLive: false,
    load: async () => (await import("./views/atlas/atlas-page.tsx")).AtlasPage,
  },
  {
    pattern: "/compare",
    navigation: "Compare",
    isLive: false,
    load: async () => (await import("./views/compare/compare-page.tsx")).ComparePage,
  },
];
