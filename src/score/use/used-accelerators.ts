import type { AcceleratorUse, PresentGpu } from "../../schema/accelerator-use.ts";
import { deviceSettings, type DeviceSettings, type DeviceVariable } from "./device-settings.ts";

/**
 * Which of a node's accelerators a program uses, by what its environment and its command select.
 *
 * @param present the NVIDIA GPUs of the node. Other accelerators are not listed: of them, the selected ones count.
 */
export function usedAccelerators(
  env: Readonly<Record<string, string | undefined>>,
  command: readonly string[],
  present: readonly PresentGpu[],
): AcceleratorUse {
  const settings = deviceSettings(env, command);
  if (present.length === 0) return selectedUnlisted(settings);
  const values = settings.get("CUDA_VISIBLE_DEVICES");
  if (values === undefined)
    return { count: present.length, uuids: undefined, selectedBy: undefined };
  const used = new Set(values.flatMap((value) => visibleGpus(value, present)));
  return {
    count: used.size,
    uuids: present.flatMap(({ uuid }) => (used.has(uuid) ? [uuid] : [])),
    selectedBy: selectionText("CUDA_VISIBLE_DEVICES", values),
  };
}

/** AMD's runtime applies ROCR_VISIBLE_DEVICES first, and HIP_VISIBLE_DEVICES to what that leaves. */
function selectedUnlisted(settings: DeviceSettings): AcceleratorUse {
  const selections = (["HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"] as const).flatMap((name) => {
    const values = settings.get(name);
    return values === undefined ? [] : [{ name, values, count: entryCount(values) }];
  });
  const fewest = selections.toSorted((a, b) => a.count - b.count)[0];
  if (fewest === undefined) return { count: 0, uuids: undefined, selectedBy: undefined };
  return {
    count: fewest.count,
    uuids: undefined,
    selectedBy: selectionText(fewest.name, fewest.values),
  };
}

function entryCount(values: readonly string[]): number {
  return new Set(values.flatMap((value) => validEntries(value))).size;
}

/** The entries up to the first that names no device: `-1`, an empty one, or a word. */
function validEntries(value: string): string[] {
  const entries = value.split(",").map((part) => part.trim());
  const end = entries.findIndex((entry) => !/^(?:\d+|(?:GPU|MIG)-.+)$/u.test(entry));
  return end === -1 ? entries : entries.slice(0, end);
}

/**
 * UUIDs of the GPUs that a program under this CUDA_VISIBLE_DEVICES sees. As CUDA reads it: a list of indices and of
 * beginnings of UUIDs, valid up to the first entry that names no GPU. Indices are taken in PCI order, as nvidia-smi
 * counts; CUDA does so too if all GPUs are alike or CUDA_DEVICE_ORDER requests it.
 */
function visibleGpus(value: string, present: readonly PresentGpu[]): string[] {
  const seen: string[] = [];
  for (const entry of validEntries(value)) {
    const gpu = present.find((each) => isNamed(each, entry));
    if (gpu === undefined) break;
    seen.push(gpu.uuid);
  }
  return seen;
}

/** A slice of a GPU was once named `MIG-GPU-<uuid>/<instances>`; today it has a UUID of its own. */
function isNamed({ index, uuid, migUuids = [] }: PresentGpu, entry: string): boolean {
  if (/^\d+$/u.test(entry)) return index === Number(entry);
  const parent = entry.replace(/^MIG-(?=GPU-)/u, "").replace(/\/.*$/u, "");
  return uuid.startsWith(parent) || migUuids.some((mig) => mig.startsWith(entry));
}

function selectionText(name: DeviceVariable, values: readonly string[]): string {
  return values.map((value) => `${name}=${value === "" ? '""' : value}`).join(" ");
}
