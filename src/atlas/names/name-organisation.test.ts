import { expect, test } from "vitest";
import { nameOrganisation } from "./name-organisation.ts";

test.each([
  { folder: "smc", name: "smc" },
  { folder: "smc-ac-power", name: "smc" },
  { folder: "smc-dc-power", name: "smc" },
  { folder: "SUPERMICRO", name: "Supermicro" },
  { folder: "Supermicro-RedHat", name: "Supermicro-RedHat" },
  { folder: "nvidia", name: "NVIDIA" },
  { folder: "Fujitsu+RIKEN", name: "Fujitsu+RIKEN" },
])("the organization of $folder is $name", ({ folder, name }) => {
  expect(nameOrganisation(folder)).toBe(name);
});
