import { type Column, layOutTable, truncate } from "../../foundation/tables/text-table.ts";
import {
  formatCount,
  formatDuration,
  formatMinutes,
  formatSignificant,
} from "../../foundation/numbers/units.ts";
import type {
  ReplayedEvaluation,
  ReplayPosition,
  ReplayTrack,
} from "../../schema/atlas/results/replay.ts";
import type { Paint } from "../paint.ts";

const barCells = 20;

/** Two lines per training: its title and its progress. */
export function replayFrame(
  tracks: readonly ReplayTrack[],
  positions: readonly ReplayPosition[],
  { clockMs, width, paint }: { clockMs: number; width: number; paint: Paint },
): string[] {
  return tracks.flatMap((track, index) => {
    const position = positions[index];
    if (position === undefined) return [];
    const ownMs = Math.min(clockMs, track.timeToTrainMs);
    const parts = [
      bar(position.doneFraction),
      `${formatDuration(ownMs)} of ${formatDuration(track.timeToTrainMs)}`,
      ...figuresOf(track, position),
    ];
    const line = truncate(`  ${parts.join("  ")}`, width);
    return [
      paint.strong(truncate(track.title, width)),
      position.isDone ? doneLine(line, track, paint) : line,
    ];
  });
}

function doneLine(line: string, { hasReachedTarget }: ReplayTrack, paint: Paint): string {
  return hasReachedTarget ? paint.good(line) : paint.bad(line);
}

function bar(fraction: number): string {
  const full = Math.floor(fraction * barCells);
  return `${"█".repeat(full)}${"░".repeat(barCells - full)}`;
}

function figuresOf(track: ReplayTrack, position: ReplayPosition): string[] {
  const { quality, loss, stepMs, samplesPerSecond, samples } = position;
  const parts = [
    quality === undefined ? undefined : `${metricOf(track)} ${formatSignificant(quality, 4)}`,
    loss === undefined ? undefined : `loss ${formatSignificant(loss, 3)}`,
    stepMs === undefined ? undefined : `step ${formatDuration(stepMs)}`,
    samplesPerSecond === undefined ? undefined : `${formatCount(samplesPerSecond)} samples/s`,
    samples === undefined
      ? undefined
      : `at ${samples >= 100 ? formatCount(samples) : formatSignificant(samples, 3)}`,
  ];
  return parts.filter((text) => text !== undefined);
}

/** One line per evaluation, for output that cannot be redrawn. */
export function evaluationLine(
  tracks: readonly ReplayTrack[],
  { track: index, clockMs, quality, samples }: ReplayedEvaluation,
): string {
  const track = tracks[index];
  const title = tracks.length > 1 ? `${track?.title ?? ""}  ` : "";
  const at = samples === undefined ? "" : `  at ${formatCount(samples)}`;
  const metric = track === undefined ? "quality" : metricOf(track);
  return `${title}${formatDuration(clockMs)}  ${metric} ${formatSignificant(quality, 4)}${at}`;
}

function metricOf({ curves }: ReplayTrack): string {
  return curves.find(({ series }) => series === "quality")?.metricName ?? "quality";
}

/** The final summary of a replay: how each training ended. */
export function replayEnd(tracks: readonly ReplayTrack[], paint: Paint): string {
  const columns: Column[] = [
    { head: "training", align: "left" },
    { head: "minutes", align: "decimal" },
    { head: "evaluations", align: "right" },
    { head: "last quality", align: "decimal" },
    { head: "target", align: "left" },
  ];
  const rows = tracks.map((track) => {
    const quality = track.curves.find(({ series }) => series === "quality");
    return [
      track.title,
      formatMinutes(track.timeToTrainMs).replace(" min", ""),
      formatCount(quality?.pointCount ?? 0),
      quality === undefined ? "" : formatSignificant(quality.value.at(-1) ?? 0, 4),
      track.hasReachedTarget ? "reached" : "missed",
    ];
  });
  const [head = "", ...lines] = layOutTable(columns, rows);
  return [paint.strong(head), ...lines, ...ratioLine(tracks)].join("\n");
}

function ratioLine(tracks: readonly ReplayTrack[]): string[] {
  const [first, second] = tracks;
  if (first === undefined || second === undefined) return [];
  const [faster, slower] =
    first.timeToTrainMs <= second.timeToTrainMs ? [first, second] : [second, first];
  const ratio = formatSignificant(slower.timeToTrainMs / faster.timeToTrainMs, 3);
  return ["", `${faster.title} was ${ratio}x as fast`];
}
