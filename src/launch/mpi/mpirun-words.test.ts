import { expect, test } from "vitest";
import type { MpiTool } from "./mpi-tool.ts";
import { mpirunEnvironment, mpirunScript, mpirunWords } from "./mpirun-words.ts";

const path = "/usr/bin/mpirun";
const open4: MpiTool = { kind: "open-mpi", major: 4, version: "Open MPI 4.1.4", path };
const open5: MpiTool = { kind: "open-mpi", major: 5, version: "Open MPI 5.0.11", path };
const mpich: MpiTool = { kind: "mpich", version: "MPICH 5.0.2", path };

const two = [
  { name: "a", rankCount: 2 },
  { name: "b", rankCount: 1 },
];

test.each([
  {
    name: "Open MPI 4 over hosts",
    plan: { tool: open4, hosts: two, remoteShell: "/x/shell", more: [] },
    words:
      "-np 3 --host a:2,b:1 --map-by slot --bind-to none --mca plm rsh --mca plm_rsh_agent /x/shell --mca plm_rsh_no_tree_spawn 1",
  },
  {
    name: "Open MPI 5 over hosts, with a binding of the user",
    plan: {
      tool: open5,
      hosts: two,
      remoteShell: "/x/shell",
      more: ["--bind-to", "core"],
    },
    words:
      "-np 3 --host a:2,b:1 --map-by slot --prtemca plm ssh --prtemca plm_ssh_agent /x/shell --prtemca plm_ssh_no_tree_spawn 1 --bind-to core",
  },
  {
    name: "Open MPI on this machine",
    plan: { tool: open5, hosts: [{ name: "localhost", rankCount: 2 }], more: [] },
    words: "-np 2 --host localhost:2 --map-by slot --bind-to none",
  },
  {
    name: "MPICH over hosts",
    plan: { tool: mpich, hosts: two, remoteShell: "/x/shell", ownAddress: "10.0.0.9", more: [] },
    words:
      "-n 3 -hosts a:2,b:1 -launcher rsh -launcher-exec /x/shell -genvnone -localhost 10.0.0.9",
  },
])("$name", ({ plan, words }) => {
  expect(mpirunWords(plan).join(" ")).toBe(`${path} ${words}`);
});

test("the script contains the version, and what root needs", () => {
  const env = mpirunEnvironment(open4, 0);
  expect(mpirunScript(open4, [path, "python", "train it.py"], env)).toBe(
    "#!/bin/sh\n# Open MPI 4.1.4\nOMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 /usr/bin/mpirun python 'train it.py'\n",
  );
  expect(mpirunEnvironment(open4, 1000)).toEqual({});
  expect(mpirunEnvironment(mpich, 0)).toEqual({});
});
