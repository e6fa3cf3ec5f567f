import { defineConfig } from "vitest/config";

const { PITWALL_TEST_REPORT: reportFile } = process.env;

/** Rooms without effects: their tests share a process, which saves the loading of modules for each file. */
const pure = [
  "src/{atlas,diagnose,formats,foundation,mllog,planner,report,rules,schema,score,trainer}/**/*.test.ts",
  "web/**/*.test.ts",
];
const all = ["src/**/*.test.ts", "tests/**/*.test.ts", "web/**/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
      {
        extends: true,
        test: { name: "effects", include: all, exclude: [...pure, "**/node_modules/**"] },
      },
    ],
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
