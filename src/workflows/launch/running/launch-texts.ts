import type { WorkloadFile } from "../../../schema/run/request/workload-file.ts";

/** Where to start a job, as the user requested it. */
export interface LaunchTexts {
  on?: string | undefined;
  nproc?: string | undefined;
  launcher?: string | undefined;
  hosts?: string | undefined;
  nodes?: number | undefined;
  sshConfig?: string | undefined;
  sync?: readonly string[];
  sendCode?: boolean | undefined;
  setUp?: string | undefined;
  hostTimeout?: string | undefined;
  rankOrder?: string | undefined;
  launchRate?: string | undefined;
  rendezvous?: string | undefined;
  partition?: string | undefined;
  account?: string | undefined;
  time?: string | undefined;
  constraint?: string | undefined;
  gres?: string | undefined;
  sbatch?: readonly string[];
  mpirun?: readonly string[];
  rayAddress?: string | undefined;
}

/** Whether nothing is requested: the program is one process of this machine. */
export function isPlain(texts: LaunchTexts): boolean {
  return Object.values(texts).every((value) => !isGiven(value));
}

export function isGiven(value: LaunchTexts[keyof LaunchTexts]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

/** The launch settings among others. */
export function pickLaunchTexts(texts: LaunchTexts): LaunchTexts {
  const { on, nproc, launcher, hosts, nodes, sshConfig, sync = [], setUp, hostTimeout } = texts;
  const { partition, account, time, constraint, gres, sbatch = [], mpirun = [] } = texts;
  const { rankOrder, launchRate, rendezvous, rayAddress, sendCode } = texts;
  const shared = { on, nproc, launcher, hosts, nodes, sshConfig, sync, setUp, hostTimeout };
  const placement = { rankOrder, launchRate, rendezvous, rayAddress, sendCode };
  return { ...shared, ...placement, partition, account, time, constraint, gres, sbatch, mpirun };
}

export function launchTextsOfFile(file: Partial<WorkloadFile>): LaunchTexts {
  const { hosts, nproc, time, launcher, on, nodes, sync, setUp } = file;
  const { partition, account, constraint, gres, sbatch, mpirun } = file;
  const { rankOrder, launchRate, rendezvous, rayAddress, sendCode } = file;
  return pickLaunchTexts({
    rankOrder,
    launchRate: launchRate?.toString(),
    rendezvous,
    on,
    launcher,
    nodes,
    setUp,
    partition,
    account,
    constraint,
    gres,
    rayAddress,
    sendCode,
    nproc: nproc?.toString(),
    hosts: typeof hosts === "string" ? hosts : hosts?.join(","),
    time: time?.toString(),
    ...(sync === undefined ? {} : { sync }),
    ...(sbatch === undefined ? {} : { sbatch }),
    ...(mpirun === undefined ? {} : { mpirun }),
  });
}
