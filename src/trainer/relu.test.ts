import { beforeAll, describe, expect, test } from "vitest";
import { compileLossAndGradients, startTensorBackend } from "./tensor-backend.ts";

beforeAll(startTensorBackend);

describe("relu", () => {
  test("returns zero below zero and has no gradient at zero", () => {
    const signature = { parameters: { x: { kind: "float32", shape: [5] } }, inputs: {} } as const;
    const loss = compileLossAndGradients(signature, ({ x }) => x.relu().mul(3).sum());
    const gradients = new Float32Array(5);
    expect(loss(Float32Array.of(-2, -0, 0, 1e-30, 4), {}, gradients)).toBe(12);
    expect([...gradients]).toEqual([0, 0, 0, 3, 3]);
  });
});
