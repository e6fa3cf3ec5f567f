import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesToTouch, scratchCopy } from "./scratch-copy.ts";

const component = `import type { JSX } from "preact";

export function TracksPage(): JSX.Element {
  return <h1>All tracks</h1>;
}
`;

const entry = `  "/tracks": {
    navigation: "Tracks",
    isLive: false,
    load: async () => (await import("./views/tracks/tracks-page.tsx")).TracksPage,
  },
`;

test("a page of the dashboard is added with the files that ARCHITECTURE.md names", async () => {
  const copy = scratchCopy();
  copy.add("web/views/tracks/tracks-page.tsx", component);
  copy.replace(
    "src/schema/dashboard/page-patterns.ts",
    '  "/compare",',
    '  "/compare",\n  "/tracks",',
  );
  // Without its entry the page does not compile.
  await expect(copy.runTool(["typescript/bin/tsc", "-p", "web/tsconfig.json"])).rejects.toThrow(
    /tracks/,
  );
  copy.replace("web/pages.ts", '  "/compare": {', `${entry}  "/compare": {`);
  expect(copy.changedFiles()).toEqual(filesToTouch("a page of the dashboard", { page: "tracks" }));

  await copy.runTool(["typescript/bin/tsc", "-p", "web/tsconfig.json"]);
  await copy.runTool(["vite/bin/vite.js", "build", "--logLevel", "warn"]);
  const assets = join(copy.root, "dist/web/assets");
  const page = readdirSync(assets).find((name) => /^tracks-page-.*\.js$/u.test(name));
  expect(readFileSync(join(assets, page ?? ""), "utf8")).toContain("All tracks");
}, 120_000);
