import { listNames } from "./list-names.ts";
import { execFile } from "node:child_process";
import { statfsSync } from "node:fs";
import { cpus, hostname, release, type as systemType } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { formatBytes } from "../foundation/numbers/units.ts";
import type { AcceleratorUse, PresentGpu } from "../schema/accelerator-use.ts";
import type { SystemDescription } from "../schema/system-description.ts";
import { readText } from "./cgroup.ts";
import { isOnPath } from "./is-on-path.ts";
import { machineLimits } from "./machine-limits.ts";

const run = promisify(execFile);

export interface DescribeOptions {
  /** The framework of the training program, as specified by the user; it cannot be detected. */
  framework?: string | undefined;
  /** Folder whose disk the run uses. */
  folder?: string | undefined;
  /** Decides which of the GPUs the run uses; default: all. */
  useOf?: ((present: readonly PresentGpu[]) => AcceleratorUse) | undefined;
  nvidiaSmi?: string | undefined;
  /** `/proc`, `/sys`, `/etc`; tests hand in fixture trees. */
  roots?: { proc: string; sys: string; etc: string } | undefined;
}

/** This machine, in the fields of MLPerf's system descriptions; unreadable fields are absent. */
export async function describeSystem(options: DescribeOptions = {}): Promise<SystemDescription> {
  const { roots = { proc: "/proc", sys: "/sys", etc: "/etc" }, nvidiaSmi = "nvidia-smi" } = options;
  const gpus = await listGpus(nvidiaSmi);
  const [gpu] = gpus;
  const known = {
    ...describeProcessors(roots.proc),
    host_processor_caches: describeCaches(roots.sys),
    host_memory_capacity: formatBytes(machineLimits().totalMemoryBytes),
    ...describeStorage(options.folder ?? ".", roots),
    host_networking: describeNetwork(roots.sys),
    ...describeAccelerators(gpus, options.useOf?.(gpus)),
    framework: options.framework,
    other_software_stack: {
      kernel: `${systemType()} ${release()}`,
      "node.js": process.versions.node,
      ...(gpu?.driver === undefined ? {} : { "nvidia driver": gpu.driver }),
    },
    operating_system: describeOperatingSystem(roots.etc),
  };
  const present = Object.entries(known).filter(([, value]) => value !== undefined);
  return {
    system_name: hostname(),
    number_of_nodes: 1,
    accelerators_per_node: gpus.length,
    ...Object.fromEntries(present),
  };
}

function describeAccelerators(gpus: readonly GpuDescription[], use: AcceleratorUse | undefined) {
  const [gpu] = gpus;
  return {
    accelerators_per_node: use?.count,
    accelerators_present_per_node: gpus.length === 0 ? undefined : gpus.length,
    accelerators_selected_by: use?.selectedBy,
    accelerator_uuids: use?.uuids,
    accelerator_model_name: gpu?.name,
    accelerator_memory_capacity: gpu?.memory,
  };
}

/** One processor is one package; a virtual machine may show each core as a package of its own. */
function describeProcessors(proc: string): Partial<SystemDescription> {
  const model = cpus()[0]?.model.trim();
  const perThread = (readText(join(proc, "cpuinfo")) ?? "")
    .split(/\n\s*\n/)
    .filter((part) => /^processor/m.test(part));
  const packages = new Set(perThread.flatMap((part) => cpuField(part, "physical id") ?? []));
  const [first = ""] = perThread;
  const coreCount = Number(cpuField(first, "cpu cores"));
  const threadCount = perThread.length > 0 ? perThread.length : cpus().length;
  const packageCount = Math.max(1, packages.size);
  const megahertz = cpus()[0]?.speed ?? 0;
  return {
    ...(packages.size > 0 ? { host_processors_per_node: packages.size } : {}),
    ...(model === undefined || model === "unknown" ? {} : { host_processor_model_name: model }),
    ...(coreCount > 0 ? { host_processor_core_count: coreCount } : {}),
    host_processor_vcpu_count: Math.max(1, Math.round(threadCount / packageCount)),
    ...(megahertz > 0 ? { host_processor_frequency: `${megahertz} MHz` } : {}),
  };
}

function cpuField(part: string, name: string): string | undefined {
  return new RegExp(`^${name}\\s*:\\s*(.+)$`, "m").exec(part)?.[1]?.trim();
}

/** `L1d 32K, L1i 32K, L2 2048K, L3 107520K` of the first core. */
function describeCaches(sys: string): string | undefined {
  const folder = join(sys, "devices/system/cpu/cpu0/cache");
  const caches = listNames(folder)
    .toSorted()
    .flatMap((name) => {
      const [level, kind, size] = ["level", "type", "size"].map((file) =>
        readText(join(folder, name, file))?.trim(),
      );
      if (level === undefined || size === undefined) return [];
      const letter = { Data: "d", Instruction: "i" }[kind ?? ""] ?? "";
      return `L${level}${letter} ${size}`;
    });
  return caches.length > 0 ? caches.join(", ") : undefined;
}

/** Size of the file system that holds the folder; kind of the disks, if there is only one kind. */
function describeStorage(
  folder: string,
  roots: { sys: string },
): Pick<SystemDescription, "host_storage_type" | "host_storage_capacity"> {
  const disks = listNames(join(roots.sys, "block")).filter((name) =>
    /^(?:nvme|sd|vd|xvd|mmcblk)/.test(name),
  );
  const kinds = new Set(disks.map((name) => kindOfDisk(name, roots.sys)));
  const [kind] = kinds;
  const bytes = fileSystemBytes(folder);
  return {
    ...(kinds.size === 1 && kind !== undefined ? { host_storage_type: kind } : {}),
    ...(bytes === undefined ? {} : { host_storage_capacity: formatBytes(bytes) }),
  };
}

function kindOfDisk(name: string, sys: string): string | undefined {
  if (name.startsWith("nvme")) return "NVMe SSD";
  if (/^(?:vd|xvd)/.test(name)) return "virtual disk";
  const isRotating = readText(join(sys, "block", name, "queue/rotational"))?.trim();
  if (isRotating === undefined) return undefined;
  return isRotating === "1" ? "hard disk" : "SSD";
}

function fileSystemBytes(folder: string): number | undefined {
  try {
    const { blocks, bsize } = statfsSync(folder);
    return blocks * bsize;
  } catch {
    // The folder does not exist yet: its disk is unknown.
    return undefined;
  }
}

/** `2 x 100 Gb/s, 1 x 1 Gb/s`: links that are up and report their speed. */
function describeNetwork(sys: string): string | undefined {
  const folder = join(sys, "class/net");
  const countBySpeed = new Map<number, number>();
  for (const name of listNames(folder)) {
    const megabits = Number(readText(join(folder, name, "speed")) ?? Number.NaN);
    const isUp = readText(join(folder, name, "operstate"))?.trim() === "up";
    if (isUp && megabits > 0) countBySpeed.set(megabits, (countBySpeed.get(megabits) ?? 0) + 1);
  }
  const links = [...countBySpeed].toSorted(([a], [b]) => b - a);
  if (links.length === 0) return undefined;
  return links.map(([megabits, count]) => `${count} x ${megabits / 1000} Gb/s`).join(", ");
}

interface GpuDescription extends PresentGpu {
  name: string;
  memory: string | undefined;
  driver: string | undefined;
}

/** All GPUs; empty if there is no driver or it does not answer in time. */
async function listGpus(program: string): Promise<readonly GpuDescription[]> {
  if (!isOnPath(program)) return [];
  const fields = "index,uuid,name,memory.total,driver_version";
  const query = [`--query-gpu=${fields}`, "--format=csv,noheader"];
  const [text, migUuids] = await Promise.all([outputOf(program, query), listMigUuids(program)]);
  return text.split("\n").flatMap((line) => {
    const [index = "", uuid = "", name = "", memory, driver] = line
      .split(",")
      .map((cell) => cell.trim());
    if (!uuid.startsWith("GPU-")) return [];
    return {
      index: Number(index),
      uuid,
      migUuids: migUuids.get(uuid) ?? [],
      name,
      memory: knownCell(memory),
      driver: knownCell(driver),
    };
  });
}

/** Empty if there is no NVIDIA driver, or one that hangs. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, { timeout: 10_000, killSignal: "SIGKILL" })).stdout;
  } catch {
    // The machine has no GPU that could be described.
    return "";
  }
}

/** UUIDs of the MIG devices of each GPU, by its own UUID. */
async function listMigUuids(program: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const text = await outputOf(program, ["-L"]);
  let migs: string[] = [];
  for (const [, uuid = ""] of text.matchAll(/\(UUID: ([\w-]+)\)/gu)) {
    if (uuid.startsWith("MIG-")) migs.push(uuid);
    else found.set(uuid, (migs = []));
  }
  return found;
}

function knownCell(cell: string | undefined): string | undefined {
  return cell === undefined || cell === "" || cell.includes("N/A") || cell.startsWith("[")
    ? undefined
    : cell;
}

function describeOperatingSystem(etc: string): string | undefined {
  const named = /^PRETTY_NAME="?([^"\n]+)"?/m.exec(readText(join(etc, "os-release")) ?? "")?.[1];
  return named ?? `${systemType()} ${release()}`;
}
