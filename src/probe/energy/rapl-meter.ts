import { listNames } from "../list-names.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One counter of the processor's own energy meter. */
interface Domain {
  part: "package" | "dram";
  path: string;
  /** The value at which the counter wraps to zero. */
  rangeMicrojoules: number;
  lastMicrojoules: number;
}

/** Joules since the meter was opened. */
export interface RaplJoules {
  package: number;
  /** Absent if memory has no separate counter. */
  dram: number | undefined;
}

export type RaplMeter =
  | { kind: "open"; packageCount: number; read(): RaplJoules }
  | { kind: "absent"; reason: string };

/**
 * The processors' energy counters (Intel RAPL; AMD's appear in the same place), as Linux shows them.
 *
 * Counted are top-level domains named `package…` and every `dram` below them. Left out: `core` and
 * `uncore`, which are inside the package; `intel-rapl-mmio`, the same package through another
 * register; and `psys`, whose scope is the board vendor's choice and which contains the packages.
 * The counters are of the whole machine, not of one run, and since 2020 only root may read them.
 *
 * @param root `/sys/class/powercap`
 * @see https://docs.kernel.org/power/powercap/powercap.html
 */
export function openRaplMeter(root = "/sys/class/powercap"): RaplMeter {
  const zones = listZones(root);
  if (zones.length === 0) return { kind: "absent", reason: `no intel-rapl zone in ${root}` };
  const domains: Domain[] = [];
  let refusal: string | undefined;
  for (const path of zones) {
    const opened = openDomain(path);
    if (opened.kind === "domain") domains.push(opened.domain);
    if (opened.kind === "unreadable") refusal ??= opened.reason;
  }
  const packageCount = domains.filter((domain) => domain.part === "package").length;
  if (packageCount === 0) {
    return { kind: "absent", reason: refusal ?? `no package domain in ${root}` };
  }
  return { kind: "open", packageCount, read: accumulate(domains) };
}

/** Each counter's rise since the last read; less than before means that it passed its range once. */
function accumulate(domains: readonly Domain[]): () => RaplJoules {
  const joules = { package: 0, dram: 0 };
  const hasDram = domains.some((domain) => domain.part === "dram");
  return () => {
    for (const domain of domains) {
      const now = readCounter(domain.path);
      if (typeof now === "string") continue;
      const rise = now - domain.lastMicrojoules;
      joules[domain.part] += (rise < 0 ? rise + domain.rangeMicrojoules : rise) / 1e6;
      domain.lastMicrojoules = now;
    }
    return { package: joules.package, dram: hasDram ? joules.dram : undefined };
  };
}

type Opened =
  | { kind: "domain"; domain: Domain }
  | { kind: "other" }
  | { kind: "unreadable"; reason: string };

function openDomain(path: string): Opened {
  const part = partOf(path);
  if (part === undefined) return { kind: "other" };
  const lastMicrojoules = readCounter(path);
  if (typeof lastMicrojoules === "string") return { kind: "unreadable", reason: lastMicrojoules };
  const range = Number(readFileSync(join(path, "max_energy_range_uj"), "utf8"));
  return { kind: "domain", domain: { part, path, rangeMicrojoules: range, lastMicrojoules } };
}

function partOf(path: string): Domain["part"] | undefined {
  let name: string;
  try {
    name = readFileSync(join(path, "name"), "utf8").trim();
  } catch {
    // A zone that went away: nothing to count.
    return undefined;
  }
  const isTopLevel = /intel-rapl:\d+$/.test(path);
  if (isTopLevel && name.startsWith("package")) return "package";
  return !isTopLevel && name === "dram" ? "dram" : undefined;
}

/** Microjoules, or why they cannot be read. */
function readCounter(path: string): number | string {
  const file = join(path, "energy_uj");
  try {
    const text = readFileSync(file, "utf8").trim();
    return /^\d+$/.test(text) ? Number(text) : `${file} holds no number`;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    return code === "EACCES" || code === "EPERM"
      ? `${file} may be read by root only`
      : `${file} cannot be read (${code})`;
  }
}

/** Top-level zones and those one below, listed side by side or nested, each once. */
function listZones(root: string): readonly string[] {
  const found = new Map<string, string>();
  for (const name of listNames(root)) {
    if (/^intel-rapl:\d+(?::\d+)?$/.test(name)) found.set(name, join(root, name));
    if (!/^intel-rapl:\d+$/.test(name)) continue;
    for (const inner of listNames(join(root, name))) {
      if (/^intel-rapl:\d+:\d+$/.test(inner)) found.set(inner, join(root, name, inner));
    }
  }
  return [...found.values()];
}
