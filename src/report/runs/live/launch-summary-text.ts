import { formatUsd } from "../../../foundation/numbers/units.ts";
import { shellWord } from "../../../foundation/text/shell-word.ts";
import type { DataRequest } from "../../../schema/run/request/data-set.ts";
import type { LaunchPreview, LaunchSummary } from "../../../schema/run/hosts/launch-summary.ts";
import type { LaunchTargetKind, LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import type { Paint } from "../../paint.ts";
import { countOf } from "../../wording.ts";

const shownHostCount = 8;

const scriptTitles: Partial<Record<LaunchTargetKind, string>> = {
  slurm: "script for sbatch",
  mpi: "command of mpirun",
  ray: "job for Ray",
};

/** Where a series is started and what that costs, in one line. */
export function launchSummaryText(summary: LaunchSummary): string {
  return [placeText(summary), ranksText(summary), costText(summary)]
    .filter((text) => text !== undefined)
    .join(", ");
}

/** The answer of `--dry-run`. */
export function launchPreviewText(preview: LaunchPreview, paint: Paint): string {
  const { command, cwd, seeds, script } = preview;
  const rows: [string, string][] = [
    ["command", command.map(shellWord).join(" ")],
    ["folder", cwd],
    ["where", placeText(preview)],
    ["ranks", ranksText(preview) ?? "one process, which starts its own if any"],
    ["cost", costText(preview) ?? "no price was given: `--price 12.29/h`"],
    ["runs", `${countOf(seeds.length, "run")}, seed ${seeds.join(", ")}`],
    ...beforeRows(preview),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}   ${text}`);
  const title = scriptTitles[preview.launchTarget.kind] ?? "command";
  const given = script === undefined ? [] : ["", paint.strong(title), "", script.trimEnd()];
  return ["nothing was started: `--dry-run`", "", ...lines, ...given].join("\n");
}

/** What would be done before the launch. */
function beforeRows({
  launchTarget,
  data = [],
  prepare,
}: LaunchPreview): [label: string, text: string][] {
  const setUp = "setUp" in launchTarget ? launchTarget.setUp : undefined;
  return [
    ...data.map((each): [string, string] => ["data", dataText(each, launchTarget.kind)]),
    ...(setUp === undefined ? [] : [["set-up", setUp] satisfies [string, string]]),
    ...(prepare === undefined ? [] : [["prepare", prepare] satisfies [string, string]]),
  ];
}

function dataText({ source, path, sha256, name }: DataRequest, kind: LaunchTargetKind): string {
  const isHere = kind === "local" && source.startsWith("/") && path === undefined;
  const place = isHere ? "where it is" : `to ${path ?? "~/.pitwall/data"} of each host`;
  const checked = sha256 === undefined ? "" : `, SHA-256 ${sha256.slice(0, 12)}…`;
  return `${source}, ${place}${checked}, in PITWALL_DATA_${name}`;
}

function placeText({ launchTarget, hosts, hostCount }: LaunchSummary): string {
  const shown = hosts.slice(0, shownHostCount).join(", ");
  const more = hosts.length > shownHostCount ? ` and ${hosts.length - shownHostCount} more` : "";
  if (launchTarget.kind === "mpi" && launchTarget.hosts !== undefined)
    return `${countOf(hostCount, "host")} by mpirun: ${shown}${more}`;
  if (launchTarget.kind === "ssh") return `${countOf(hostCount, "host")} by ssh: ${shown}${more}`;
  if (launchTarget.kind === "slurm")
    return `${countOf(hostCount, "node")} of Slurm${slurmText(launchTarget)}`;
  if (launchTarget.kind === "ray")
    return `${countOf(hostCount, "node")} of Ray at ${launchTarget.address}`;
  if (launchTarget.kind === "simulated") return countOf(hostCount, "simulated host");
  return "this machine";
}

function slurmText({ partition, gres, time }: LaunchTargetOf<"slurm">): string {
  return [
    partition === undefined ? "" : `, partition ${partition}`,
    gres === undefined ? "" : `, ${gres} each`,
    time === undefined ? "" : `, time limit ${time}`,
  ].join("");
}

function ranksText({ launchTarget, rankCount }: LaunchSummary): string | undefined {
  const ranks = "ranks" in launchTarget ? launchTarget.ranks : undefined;
  if (rankCount === undefined || ranks === undefined) return undefined;
  const by = launchTarget.kind === "mpi" ? "mpirun" : ranks.starter;
  return `${countOf(rankCount, "rank")}${by === "direct" ? "" : ` started by ${by}`}`;
}

function costText({ usdPerHour }: LaunchSummary): string | undefined {
  return usdPerHour === undefined ? undefined : `${formatUsd(usdPerHour)} per hour`;
}
