import type {
  CheckedHost,
  HostFinding,
  LinkTest,
  RingTest,
} from "../../schema/run/hosts/host-check.ts";
import { type Found, medianOf, mostSlowdown, ringFindings } from "./judge-rings.ts";

/** Clocks that differ by more than this make times of events doubtful, although Pitwall corrects them. */
const doubtfulOffsetMs = 1000;
/** Certificates, tokens and file times fail beyond this. */
const badOffsetMs = 60_000;
const gibibyte = 2 ** 30;
const fewestFiles = 4096;

/** What would break a job on these hosts, or may, with what to do. */
export function judgeHosts(
  hosts: readonly CheckedHost[],
  links: readonly LinkTest[],
  rings: readonly RingTest[] = [],
): HostFinding[] {
  const found: Found[] = [
    ...differences(hosts),
    ...hosts.flatMap((host) => [
      ...programFindings(host),
      ...clockFindings(host),
      ...spaceFindings(host),
      ...systemFindings(host),
      ...gpuFindings(host),
    ]),
    ...linkFindings(links),
    ...ringFindings(rings),
  ];
  return grouped(found);
}

/** The same finding of several hosts is one. */
function grouped(found: readonly Found[]): HostFinding[] {
  const byText = new Map<string, HostFinding>();
  for (const { hosts, ...rest } of found) {
    const key = `${rest.code} ${rest.message}`;
    const known = byText.get(key);
    if (known === undefined) byText.set(key, { ...rest, hosts: [...hosts] });
    else known.hosts = [...new Set([...known.hosts, ...hosts])];
  }
  const all = [...byText.values()];
  return all.toSorted((a, b) => Number(a.weight === "doubtful") - Number(b.weight === "doubtful"));
}

/** What has to be equal on all hosts. */
const compared = [
  {
    code: "python-differs",
    name: "Python",
    weight: "breaks" as const,
    valueOf: ({ facts }: CheckedHost) => minor(facts.program?.python),
    hint: "use the same environment on all hosts, or install it with `--set-up`",
  },
  {
    code: "torch-differs",
    name: "torch",
    weight: "breaks" as const,
    valueOf: ({ facts }: CheckedHost) =>
      facts.program?.python === undefined ? undefined : (facts.program.torch ?? "none"),
    hint: "install the same version everywhere: `--set-up 'pip install -r requirements.txt'`",
  },
  {
    code: "cuda-differs",
    name: "CUDA of torch",
    weight: "doubtful" as const,
    valueOf: ({ facts }: CheckedHost) =>
      typeof facts.program?.torch === "string" ? (facts.program.cuda ?? "none") : undefined,
    hint: "install the same build of torch on all hosts",
  },
  {
    code: "nccl-differs",
    name: "NCCL",
    weight: "breaks" as const,
    valueOf: ({ facts }: CheckedHost) => facts.program?.nccl ?? undefined,
    hint: "ranks with different versions of NCCL cannot communicate; install the same torch",
  },
  {
    code: "gpus-differ",
    name: "GPUs",
    weight: "doubtful" as const,
    valueOf: ({ facts }: CheckedHost) => gpuText(facts.gpus),
    hint: "the slowest GPU sets the pace; list the hosts with the same GPUs",
  },
  {
    code: "driver-differs",
    name: "the NVIDIA driver",
    weight: "doubtful" as const,
    valueOf: ({ facts }: CheckedHost) => listed(facts.gpus)[0]?.driver,
    hint: "install the same driver on all hosts",
  },
];

function differences(hosts: readonly CheckedHost[]): Found[] {
  return compared.flatMap(({ code, weight, hint, name, valueOf }) => {
    const values = hosts.flatMap((host) => {
      const value = valueOf(host);
      return value === undefined ? [] : [{ host: host.host, value }];
    });
    const common = mostCommon(values.map(({ value }) => value));
    const others = values.filter(({ value }) => value !== common);
    const usual = values.find(({ value }) => value === common)?.host ?? "";
    return others.map(({ host, value }) => {
      const message = `${name} is ${value}, but ${common} on ${usual}`;
      return { code, weight, hint, hosts: [host], message };
    });
  });
}

function minor(version: string | undefined): string | undefined {
  return version?.split(".").slice(0, 2).join(".");
}

function mostCommon(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

type Gpus = CheckedHost["facts"]["gpus"];

function listed(gpus: Gpus) {
  return Array.isArray(gpus) ? gpus : [];
}

/** `8 × NVIDIA H100`; undefined where no GPU can be seen. */
export function gpuText(gpus: Gpus): string | undefined {
  if (gpus === null) return "none";
  if (typeof gpus === "string") return undefined;
  const [first] = gpus;
  return first === undefined ? "none" : `${gpus.length} × ${first.name}`;
}

function programFindings({ host, facts: { program, hasRsync } }: CheckedHost): Found[] {
  const found: Found[] = [];
  const add = (code: string, message: string, hint: string): void =>
    void found.push({ code, weight: "breaks", hosts: [host], message, hint });
  if (program?.error !== undefined)
    add(
      "program-python-missing",
      `the program's Python does not start: ${program.error}`,
      "give its path on the hosts with `--python`, or install it there",
    );
  if (program?.torchError !== undefined)
    add("torch-broken", `torch does not load: ${program.torchError}`, "reinstall torch there");
  if (!hasRsync)
    add("rsync-missing", "rsync is missing", "install rsync; Pitwall sends the program with it");
  return found;
}

function clockFindings({ host, clock }: CheckedHost): Found[] {
  if (clock === undefined) return [];
  // Half of the round trip is what the measurement may be wrong.
  const offMs = Math.abs(clock.offsetMs) - clock.roundTripMs / 2;
  if (offMs < doubtfulOffsetMs) return [];
  const seconds = Math.round(Math.abs(clock.offsetMs) / 100) / 10;
  const side = clock.offsetMs > 0 ? "ahead of" : "behind";
  return [
    {
      code: "clock-off",
      weight: offMs > badOffsetMs ? "breaks" : "doubtful",
      hosts: [host],
      message: `its clock is ${seconds} s ${side} this machine's`,
      hint: "synchronize it, for example with chrony; Pitwall corrects the times of a run, other programs do not",
    },
  ];
}

function spaceFindings({ host, home, facts }: CheckedHost): Found[] {
  const found: Found[] = [];
  const homeBytes = facts.freeBytes[home];
  if (typeof homeBytes === "number" && homeBytes < 10 * gibibyte) {
    const free = `${(homeBytes / gibibyte).toFixed(1)} GiB are free in \`${home}\``;
    const weight = homeBytes < gibibyte ? "breaks" : "doubtful";
    const hint = "code, output and checkpoints are stored there; make room";
    found.push({ code: "disk-nearly-full", weight, hosts: [host], message: free, hint });
  }
  const shared = facts.sharedMemoryBytes;
  if (shared !== null && shared < gibibyte) {
    found.push({
      code: "shared-memory-small",
      weight: "doubtful",
      hosts: [host],
      message: `/dev/shm has ${(shared / 2 ** 20).toFixed(0)} MiB`,
      hint: "data-loading workers and NCCL use it; in a container start it with `--ipc=host` or `--shm-size=8g`",
    });
  }
  return found;
}

function systemFindings({ host, facts }: CheckedHost): Found[] {
  const found: Found[] = [];
  const add = (code: string, message: string, hint: string): void =>
    void found.push({ code, weight: "doubtful", hosts: [host], message, hint });
  if (facts.ownAddresses === null)
    add(
      "own-name-unresolved",
      `its own name \`${facts.hostname}\` cannot be resolved`,
      "add it to /etc/hosts there; gloo and MPI look it up",
    );
  const { nofile, memlock } = facts.limits;
  if (nofile !== null && nofile < fewestFiles)
    add(
      "open-files-limited",
      `at most ${nofile} open files`,
      "raise `nofile` in /etc/security/limits.conf; data loaders need many",
    );
  if (memlock !== null && listed(facts.gpus).length > 0)
    add(
      "locked-memory-limited",
      `at most ${(memlock / 1024).toFixed(0)} KiB of locked memory`,
      "set `memlock` to `unlimited` in /etc/security/limits.conf; RDMA needs it",
    );
  const jobs = Object.entries(facts.otherJobs);
  if (jobs.length > 0)
    add(
      "host-busy",
      `it runs ${jobs.map(([name, count]) => `${count} processes of \`${name}\``).join(", ")}`,
      "two trainings on one host slow each other down; `pitwall stop <run>` ends one",
    );
  return found;
}

function gpuFindings({ host, facts: { gpus, xids } }: CheckedHost): Found[] {
  const found: Found[] = [];
  const add = (
    weight: HostFinding["weight"],
    code: string,
    { message, hint }: { message: string; hint: string },
  ): void => void found.push({ code, weight, hosts: [host], message, hint });
  if (typeof gpus === "string")
    add("breaks", "nvidia-smi-fails", {
      message: `nvidia-smi fails: ${gpus}`,
      hint: "the driver does not answer; reboot the host or leave it out",
    });
  for (const gpu of listed(gpus)) {
    if (Number(gpu.eccErrors) > 0)
      add("breaks", "gpu-ecc", {
        message: `GPU ${gpu.index} has ${gpu.eccErrors} uncorrected memory errors`,
        hint: "reset the GPU or leave the host out; results may be wrong",
      });
    if ([gpu.slowdown, gpu.thermal].includes("Active"))
      add("doubtful", "gpu-throttled", {
        message: `GPU ${gpu.index} is slowed down by its hardware`,
        hint: "look at its cooling and power supply",
      });
  }
  if (xids !== null && xids.length > 0)
    add("doubtful", "gpu-xid", {
      message: `the NVIDIA driver reported: ${xids.at(-1) ?? ""}`,
      hint: "look the Xid number up in NVIDIA's documentation; some mean a broken GPU",
    });
  return found;
}

function linkFindings(links: readonly LinkTest[]): Found[] {
  const broken = links.filter(({ error }) => error !== undefined);
  const median = medianOf(links.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []));
  const slow = links.filter(
    ({ bytesPerSecond = Infinity }) => bytesPerSecond * mostSlowdown < median,
  );
  return [
    ...broken.map(({ from, to, error }) => ({
      code: "hosts-unconnected",
      weight: "breaks" as const,
      hosts: [from, to],
      message: `${from} does not reach ${to}: ${error ?? ""}`,
      hint: "ranks connect on any port: open the firewall between the hosts, or give an `address` in hosts.yaml",
    })),
    ...slow.map(({ from, to }) => ({
      code: "link-slow",
      weight: "doubtful" as const,
      hosts: [from, to],
      message: `the network from ${from} to ${to} has less than a quarter of the usual bandwidth`,
      hint: "look at its cable, switch and interface",
    })),
  ];
}
