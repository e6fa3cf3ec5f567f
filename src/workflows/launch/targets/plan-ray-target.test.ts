import { expect, test } from "vitest";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { planRayTarget } from "./plan-ray-target.ts";

const ranks = { perHost: 2, starter: "direct" } as const;

test.each([
  { texts: {}, env: {}, address: "http://127.0.0.1:8265" },
  { texts: {}, env: { RAY_ADDRESS: "10.0.0.1:6379" }, address: "http://127.0.0.1:8265" },
  { texts: {}, env: { RAY_ADDRESS: "http://head:8265/" }, address: "http://head:8265" },
  {
    texts: {},
    env: { RAY_API_SERVER_ADDRESS: "https://a", RAY_ADDRESS: "http://b" },
    address: "https://a",
  },
  {
    texts: { rayAddress: "head:9000" },
    env: { RAY_ADDRESS: "http://b" },
    address: "http://head:9000",
  },
])("$texts with $env is $address", ({ texts, env, address }) => {
  expect(planRayTarget(texts, ranks, env)).toEqual({ kind: "ray", address, nodes: 1, ranks });
});

test.each([
  { texts: { rayAddress: "ray://head:10001" }, code: "ray-address-invalid" },
  { texts: { rayAddress: "http://me:secret@head:8265" }, code: "ray-address-invalid" },
  { texts: {}, perHost: "gpu" as const, code: "nproc-invalid" },
])("refuses $texts with $perHost ranks", ({ texts, perHost = 1, code }) => {
  const plan = (): unknown => planRayTarget(texts, { ...ranks, perHost }, {});
  expect(plan).toThrow(UserError);
  expect(plan).toThrow(expect.objectContaining({ code }));
});
