import { expect, test } from "vitest";
import { planTargets } from "./plan-targets.ts";

test("refuses a percent sign, and gives the target on both scales", () => {
  expect(() => planTargets({ target: "acc>=94.5%" })).toThrow(
    expect.objectContaining({
      code: "target-invalid",
      message: "a target has no percent sign: `acc>=94.5%`",
      hint: "use the scale that the program prints: `acc>=94.5` for `94.5`, `acc>=0.945` for `0.945` or `94.5%`",
    }),
  );
});
