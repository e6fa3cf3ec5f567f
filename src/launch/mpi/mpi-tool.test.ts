import { expect, test } from "vitest";
import { readMpiVersion } from "./mpi-tool.ts";

test.each([
  {
    text: "mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/",
    tool: { kind: "open-mpi", major: 4, version: "Open MPI 4.1.4" },
  },
  {
    text: "mpirun (Open MPI) 5.0.11rc1\n",
    tool: { kind: "open-mpi", major: 5, version: "Open MPI 5.0.11rc1" },
  },
  {
    text: "HYDRA build details:\n    Version:                                 5.0.2\n",
    tool: { kind: "mpich", version: "MPICH 5.0.2" },
  },
  { text: "mpirun (Open MPI) 3.1.6", tool: undefined },
  { text: "Intel(R) MPI Library for Linux* OS, Version 2021.13", tool: undefined },
  { text: "", tool: undefined },
])("$text", ({ text, tool }) => {
  expect(readMpiVersion(text)).toEqual(tool);
});
