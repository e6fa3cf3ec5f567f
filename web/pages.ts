import type { ComponentType } from "preact";
import { type PagePattern, pagePatterns } from "../src/schema/dashboard/page-patterns.ts";
import type { PageProps } from "./page-props.ts";

interface PageEntry {
  /** Name in the navigation; undefined for pages that are reached from other pages. */
  navigation?: string;
  /** The page of the navigation that a page without a name belongs to, if its address does not show it. */
  partOf?: PagePattern;
  /** Whether the page requires a server; static sites omit it. */
  isLive: boolean;
  /** Loads the chunk of the page when it is first shown. */
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
  "/runs/:runId/doctor": {
    isLive: true,
    load: async () => (await import("./views/doctor/doctor-page.tsx")).DoctorPage,
  },
  "/series/:seriesId": {
    partOf: "/runs",
    isLive: true,
    load: async () => (await import("./views/series/series-page.tsx")).SeriesPage,
  },
  "/overlay": {
    navigation: "Overlay",
    isLive: true,
    load: async () => (await import("./views/overlay/overlay-page.tsx")).OverlayPage,
  },
  "/races": {
    navigation: "Races",
    isLive: true,
    load: async () => (await import("./views/race/races-page.tsx")).RacesPage,
  },
  "/races/:raceId": {
    isLive: true,
    load: async () => (await import("./views/race/race-page.tsx")).RacePage,
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
  "/scaling": {
    navigation: "Scaling",
    isLive: false,
    load: async () => (await import("./views/scaling/scaling-page.tsx")).ScalingPage,
  },
  "/pareto": {
    navigation: "Pareto",
    isLive: false,
    load: async () => (await import("./views/pareto/pareto-page.tsx")).ParetoPage,
  },
  "/rcp": {
    partOf: "/atlas",
    isLive: false,
    load: async () => (await import("./views/rcp/rcp-page.tsx")).RcpPage,
  },
  "/plan": {
    navigation: "Plan",
    isLive: false,
    load: async () => (await import("./views/plan/plan-page.tsx")).PlanPage,
  },
};

export interface Page extends PageEntry {
  /** For example `/runs/:runId`. */
  pattern: string;
}

/** All pages; the first one is also shown for `/`. */
export const pages: readonly Page[] = pagePatterns.map((pattern) =>
  Object.assign({ pattern }, entries[pattern]),
);
