import { defineConfig } from "vitest/config";

const { PITWALL_TEST_REPORT: reportFile } = process.env;

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts", "web/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // On two cores: tests of engines and processes mostly wait.
    maxWorkers: 3,
    // Engines, browsers and processes on a busy machine: a test of `.ci/run` has a second attempt, and is named if it needs it.
    retry: reportFile === undefined ? 0 : 1,
    // `.ci/run` asks for a report that it can count.
    reporters:
      reportFile === undefined ? ["default"] : ["default", ["json", { outputFile: reportFile }]],
  },
});
