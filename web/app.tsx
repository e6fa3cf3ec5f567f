import { signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { matchPath } from "../src/foundation/text/match-path.ts";
import { fetchAbout } from "./requests/about.ts";
import { Link } from "./components/link.tsx";
import { PageMessage } from "./components/panel.tsx";
import { about } from "./live/about.ts";
import { noteResponseTime } from "./live/server-clock.ts";
import type { PageProps } from "./page-props.ts";
import { pages, type Page } from "./pages.ts";
import { isStaticSite, place } from "./router.ts";
import { theme, themes } from "./theme.ts";

const loadedPages = signal<ReadonlyMap<Page, ComponentType<PageProps> | "failed">>(new Map());

const shownPages = pages.filter((page) => !(isStaticSite && page.isLive));

/** The header of all pages and the current page. */
export function App(): JSX.Element {
  useEffect(() => {
    if (isStaticSite) return undefined;
    void updateAbout();
    const timer = setInterval(() => void updateAbout(), 60_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <a class="skip-link" href="#main" onClick={skipToMain}>
        skip to content
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        <CurrentPage />
      </main>
    </>
  );
}

/** Updates the version and home in the header, and synchronizes the server clock. */
async function updateAbout(): Promise<void> {
  const sentMs = performance.now();
  try {
    const answer = await fetchAbout();
    noteResponseTime(answer.serverTimeMs, sentMs, performance.now());
    about.value = answer;
  } catch {
    // Each page reports a missing response itself; the header stays unchanged.
  }
}

function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}

function Header(): JSX.Element {
  const first = shownPages[0]?.pattern ?? "/";
  return (
    <header class="shell-header">
      <Link to={{ path: first, query: {} }} class="brand">
        <svg viewBox="0 0 24 20" aria-hidden="true">
          <path d="M1 20V2h3v18zM7 20V9h3v11zM13 20V6h3v14zM19 20V0h3v20z" />
        </svg>
        Pitwall
      </Link>
      <nav class="shell-nav" aria-label="pages">
        {shownPages.map(({ pattern, navigation }) =>
          navigation === undefined ? undefined : (
            <Link to={{ path: pattern, query: {} }} isCurrent={isWithin(pattern)}>
              {navigation}
            </Link>
          ),
        )}
      </nav>
      <div class="shell-tools">
        {about.value === undefined ? undefined : (
          <span class="about" title={`records in ${about.value.home}`}>
            {about.value.version}
            {about.value.isReadOnly ? ", read-only" : ""}
          </span>
        )}
        <ThemeButton />
      </div>
    </header>
  );
}

function isWithin(pattern: string): boolean {
  const { path } = place.value;
  return (
    path === pattern ||
    path.startsWith(`${pattern}/`) ||
    (path === "/" && pattern === shownPages[0]?.pattern) ||
    shownPages.some((page) => page.partOf === pattern && matchPath(page.pattern, path))
  );
}

function ThemeButton(): JSX.Element {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? "system";
  return (
    <button
      type="button"
      data-kind="quiet"
      aria-label={`theme: ${theme.value}; change to ${next}`}
      onClick={() => (theme.value = next)}
    >
      theme: {theme.value}
    </button>
  );
}

function CurrentPage(): JSX.Element {
  const { path } = place.value;
  const found = shownPages
    .map((page) => ({
      page,
      parts: matchPath(page.pattern, path === "/" ? (shownPages[0]?.pattern ?? "/") : path),
    }))
    .find(({ parts }) => parts !== undefined);
  // Not after the first paint: the page is requested at once.
  useLayoutEffect(() => {
    if (found !== undefined) void load(found.page);
  }, [found?.page]);
  if (found?.parts === undefined) {
    return (
      <PageMessage
        title="Pitwall"
        state={{
          kind: "failed",
          message: `Page not found: ${path}`,
          hint: "use the navigation at the top of the page",
        }}
      />
    );
  }
  const Body = loadedPages.value.get(found.page);
  if (Body === undefined) return <PageMessage title="Pitwall" state={{ kind: "loading" }} />;
  if (Body === "failed") {
    return (
      <PageMessage
        title="Pitwall"
        state={{
          kind: "failed",
          message: "Could not load this page",
          hint: "check that `pitwall serve` is still running, then reload",
        }}
      />
    );
  }
  return <Body key={path} parts={found.parts} />;
}

async function load(page: Page): Promise<void> {
  if (typeof loadedPages.peek().get(page) === "function") return;
  const body = await page.load().catch(() => "failed" as const);
  loadedPages.value = new Map(loadedPages.peek()).set(page, body);
}
