import { join } from "node:path";
import { expect, test } from "vitest";
import type { Command } from "../../src/cli/command-table.ts";
import { commandHelp } from "../../src/cli/reference/help-text.ts";
import { plainPaint } from "../../src/report/paint.ts";
import { filesToTouch, scratchCopy } from "./scratch-copy.ts";

const row = `import type { Format } from "../format.ts";

export const markdown: Format = {
  name: "markdown",
  summary: "evaluations as a Markdown list",
  fileEndings: [".md"],
  write: {
    gives: "document",
    options: [],
    needsVerdict: false,
    load: async () => (runs) =>
      runs.flatMap(({ progress }) => progress.evaluations.map(({ value }) => \`- \${value}\\n\`)),
  },
};
`;

test("a format is added with the files that ARCHITECTURE.md names", async () => {
  const copy = scratchCopy();
  copy.add("src/formats/markdown/markdown-format.ts", row);
  copy.replace(
    "src/formats/formats.ts",
    "import { mlperf }",
    'import { markdown } from "./markdown/markdown-format.ts";\nimport { mlperf }',
  );
  copy.replace("src/formats/formats.ts", "= [\n  mlperf,", "= [\n  mlperf,\n  markdown,");
  expect(copy.changedFiles()).toEqual(filesToTouch("a format", { format: "markdown" }));

  await copy.runTool(["typescript/bin/tsc", "-p", "tsconfig.pure.json"]);
  const file = join(copy.root, "src/cli/commands/export.ts");
  const { exportCommand }: { exportCommand: Command } = await import(file);
  const help = commandHelp(exportCommand, plainPaint);
  expect(help).toContain("--format mlperf|markdown|json|csv|");
  expect(help).toContain("`markdown`: evaluations as a Markdown list");
}, 120_000);
