import { defineConfig } from "vitest/config";

// eslint-style rule "no default exports" does not reach here: vitest asks for one.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
