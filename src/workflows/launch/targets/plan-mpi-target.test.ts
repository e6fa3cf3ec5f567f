import { expect, test } from "vitest";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { planMpiTarget } from "./plan-mpi-target.ts";

const ranks = { perHost: 2, starter: "direct" } as const;

test("takes options of mpirun apart, by the rules of shells", () => {
  const texts = { mpirun: ["--mca btl_tcp_if_include eth0", "-x 'A B'"] };
  expect(planMpiTarget(texts, { ranks, named: undefined })).toEqual({
    kind: "mpi",
    ranks,
    mpirun: ["--mca", "btl_tcp_if_include", "eth0", "-x", "A B"],
  });
});

test.each([
  { texts: { mpirun: ["-np 4"] }, code: "mpirun-option-refused" },
  { texts: { mpirun: ["--hostfile hosts"] }, code: "mpirun-option-refused" },
  { texts: { mpirun: ["--map-by node"] }, code: "mpirun-option-refused" },
  { texts: { mpirun: ["--tag-output"] }, code: "mpirun-option-refused" },
  { texts: { mpirun: ["core"] }, code: "mpirun-option-invalid" },
  { texts: { mpirun: ["--x 'open"] }, code: "mpirun-option-invalid" },
  { texts: { setUp: "make" }, code: "option-unused" },
  { texts: { nodes: 2 }, code: "option-unused" },
])("refuses $texts", ({ texts, code }) => {
  const plan = (): unknown => planMpiTarget(texts, { ranks, named: undefined });
  expect(plan).toThrow(UserError);
  expect(plan).toThrow(expect.objectContaining({ code }));
});
