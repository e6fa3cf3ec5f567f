import { shellWord } from "../../foundation/text/shell-word.ts";
import type { MpiTool } from "./mpi-tool.ts";

/** Where mpirun starts how many ranks. */
export interface MpiPlan {
  tool: MpiTool;
  hosts: readonly { name: string; rankCount: number }[];
  /** The program that mpirun calls in place of ssh; absent for this machine alone. */
  remoteShell?: string;
  /** Where the hosts reach this machine, if known. */
  ownAddress?: string | undefined;
  /** Further options of the user. */
  more: readonly string[];
}

/** The command up to the program: ranks are numbered host after host. */
export function mpirunWords(plan: MpiPlan): string[] {
  const { tool, hosts, remoteShell, more } = plan;
  const rankCount = String(hosts.reduce((sum, host) => sum + host.rankCount, 0));
  const places = hosts.map((host) => `${host.name}:${host.rankCount}`).join(",");
  if (tool.kind === "mpich") {
    return [tool.path, "-n", rankCount, "-hosts", places, ...mpichReach(plan), ...more];
  }
  // Each rank is a Python program with threads of its own: bound to one core, data loading would share it.
  const binding = more.includes("--bind-to") ? [] : ["--bind-to", "none"];
  return [
    tool.path,
    "-np",
    rankCount,
    "--host",
    places,
    "--map-by",
    "slot",
    ...binding,
    ...(remoteShell === undefined ? [] : openMpiParameters(tool.major, remoteShell)),
    ...more,
  ];
}

/** The hosts connect to this machine by its name, unless they get its address; without `-genvnone` they would get its HOME. */
function mpichReach({ remoteShell, ownAddress }: MpiPlan): string[] {
  if (remoteShell === undefined) return [];
  const own = ownAddress === undefined ? [] : ["-localhost", ownAddress];
  return ["-launcher", "rsh", "-launcher-exec", remoteShell, "-genvnone", ...own];
}

/** Version 5 starts ranks through PRRTE, which has its own names. */
function openMpiParameters(major: number, remoteShell: string): string[] {
  const isNew = major >= 5;
  const option = isNew ? "--prtemca" : "--mca";
  const remote = isNew ? "ssh" : "rsh";
  return [
    option,
    "plm",
    remote,
    option,
    `plm_${remote}_agent`,
    remoteShell,
    // Otherwise hosts would connect to each other.
    option,
    `plm_${remote}_no_tree_spawn`,
    "1",
  ];
}

/** Open MPI refuses to run as root without these. */
export function mpirunEnvironment(
  tool: MpiTool,
  userId: number | undefined,
): Record<string, string> {
  if (tool.kind !== "open-mpi" || userId !== 0) return {};
  return { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };
}

/** The command as a script, for `--dry-run` and the record. */
export function mpirunScript(
  tool: MpiTool,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): string {
  const set = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`);
  return `#!/bin/sh\n# ${tool.version}\n${[...set, ...words.map(shellWord)].join(" ")}\n`;
}
