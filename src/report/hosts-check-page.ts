import { layOutTable } from "../foundation/tables/text-table.ts";
import { formatBytes, formatDuration } from "../foundation/numbers/units.ts";
import type {
  CheckedHost,
  HostFinding,
  LinkTest,
  RingTest,
} from "../schema/run/hosts/host-check.ts";
import type { Paint } from "./paint.ts";
import { reapedText } from "./runs/live/reaped-text.ts";
import { countOf } from "./wording.ts";

/** Of many connections the slowest are listed. */
const mostLinks = 12;

/** What was found on hosts and between them; fits 80 columns for usual names. */
export function hostsCheckPage(
  {
    hosts,
    links,
    rings,
    untested,
    reaped,
    findings,
  }: {
    hosts: readonly CheckedHost[];
    links: readonly LinkTest[];
    rings: readonly RingTest[];
    untested?: string;
    reaped: readonly Parameters<typeof reapedText>[0][];
    findings: readonly HostFinding[];
  },
  gpusOf: (host: CheckedHost) => string | undefined,
  paint: Paint,
): string {
  const blocks = [
    hosts.length === 0 ? "" : hostTable(hosts, gpusOf),
    links.length === 0 ? "" : linkTable(links),
    rings.length === 0 ? "" : ringTable(rings),
    untested === undefined ? "" : paint.faint(untested),
    ...reaped.map((job) => paint.warn(reapedText(job))),
    ...findings.map((finding) => findingText(finding, paint)),
    summary(hosts.length, findings, paint),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function hostTable(
  hosts: readonly CheckedHost[],
  gpusOf: (host: CheckedHost) => string | undefined,
): string {
  const rows = hosts.map((each) => {
    const { host, facts, clock, home, homeId } = each;
    const sharing = hosts.filter((other) => other.homeId === homeId).length;
    const free = facts.freeBytes[home];
    return [
      host,
      facts.program?.python ?? "-",
      (facts.program?.torch ?? "-").replace("+cpu", " cpu"),
      (gpusOf(each) ?? "?").replace("NVIDIA ", ""),
      clock === undefined ? "-" : clockText(clock),
      typeof free === "number" ? formatBytes(free) : "-",
      sharing > 1 ? "shared" : "own",
    ];
  });
  const columns = ["host", "python", "torch", "GPUs", "clock", "free", "home"].map((head) => ({
    head,
    align: head === "clock" || head === "free" ? ("right" as const) : ("left" as const),
  }));
  return layOutTable(columns, rows).join("\n");
}

function clockText({ offsetMs, roundTripMs }: NonNullable<CheckedHost["clock"]>): string {
  // Half of the round trip is what the measurement may be wrong.
  const doubtMs = Math.max(1, roundTripMs / 2);
  if (Math.abs(offsetMs) <= doubtMs) return `±${formatDuration(doubtMs)}`;
  return `${offsetMs > 0 ? "+" : "-"}${formatDuration(Math.abs(offsetMs))}`;
}

function linkTable(links: readonly LinkTest[]): string {
  const slowestFirst = links.toSorted(
    (a, b) => (a.bytesPerSecond ?? -1) - (b.bytesPerSecond ?? -1),
  );
  const rows = slowestFirst
    .slice(0, mostLinks)
    .map(({ from, to, roundTripMs, bytesPerSecond }) => [
      from,
      to,
      roundTripMs === undefined ? "-" : `${roundTripMs.toFixed(2)} ms`,
      bytesPerSecond === undefined ? "-" : `${formatBytes(bytesPerSecond)}/s`,
    ]);
  const table = layOutTable(
    [
      { head: "from", align: "left" },
      { head: "to", align: "left" },
      { head: "round trip", align: "right" },
      { head: "one TCP stream", align: "right" },
    ],
    rows,
  );
  const more = links.length - rows.length;
  return [...table, ...(more > 0 ? [`… ${more} faster connections`] : [])].join("\n");
}

/** Pairs, the slowest first, then all hosts together. */
function ringTable(rings: readonly RingTest[]): string {
  const sorted = rings.toSorted(
    (a, b) =>
      a.hosts.length - b.hosts.length || (a.bytesPerSecond ?? -1) - (b.bytesPerSecond ?? -1),
  );
  const pairs = sorted.filter(({ hosts }) => hosts.length === 2);
  const together = sorted.filter(({ hosts }) => hosts.length > 2);
  const rows = [...pairs.slice(0, mostLinks), ...together].map(
    ({ hosts, backend, roundTripMs, bytesPerSecond, error }) => [
      hosts.length === 2 ? hosts.join(", ") : `all ${hosts.length}`,
      backend,
      roundTripMs === undefined ? "-" : `${roundTripMs.toFixed(2)} ms`,
      bytesPerSecond === undefined ? "-" : `${formatBytes(bytesPerSecond)}/s`,
      error === undefined ? "" : "fails",
    ],
  );
  const table = layOutTable(
    [
      { head: "all-reduce", align: "left" },
      { head: "by", align: "left" },
      { head: "latency", align: "right" },
      { head: "bandwidth", align: "right" },
      { head: "", align: "left" },
    ],
    rows,
  );
  const more = pairs.length - mostLinks;
  const lines = table.map((line) => line.trimEnd());
  return [...lines, ...(more > 0 ? [`… ${more} faster pairs`] : [])].join("\n");
}

function findingText({ code, weight, hosts, message, hint }: HostFinding, paint: Paint): string {
  const head = weight === "breaks" ? paint.bad(`error[${code}]`) : paint.warn(`warning[${code}]`);
  const where = hosts.every((host) => message.includes(host)) ? "" : `${hosts.join(", ")}: `;
  return `${head}: ${where}${message}\n  hint: ${hint}`;
}

function summary(hostCount: number, findings: readonly HostFinding[], paint: Paint): string {
  const broken = findings.filter(({ weight }) => weight === "breaks").length;
  const doubtful = findings.length - broken;
  const checked = `${countOf(hostCount, "host")} checked`;
  if (findings.length === 0) return paint.good(`${checked}, nothing found`);
  const parts = [
    ...(broken > 0 ? [`${countOf(broken, "finding")} would break a job`] : []),
    ...(doubtful > 0 ? [countOf(doubtful, "warning")] : []),
  ];
  return `${checked}: ${parts.join(", ")}`;
}
