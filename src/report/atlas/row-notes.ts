import { formatJoules } from "../../foundation/numbers/units.ts";
import type { MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { countOf } from "../wording.ts";

/** From this difference on, the energy in the runs is shown beside the official one. */
const shownDifference = 0.05;

/** What the figures of a row do not show, one sentence each. */
export function rowNotes(row: ResultRow): string[] {
  const { note, repeats } = row;
  return [
    note,
    repeats === undefined ? undefined : `the same runs as ${repeats}`,
    idleNote(row),
  ].filter((text) => text !== undefined);
}

/** The official figure multiplies the time to train with the mean power of the whole measurement. */
function idleNote({ energyJoules, inRunEnergyJoules }: ResultRow): string | undefined {
  if (energyJoules === undefined || inRunEnergyJoules === undefined) return undefined;
  if (Math.abs(inRunEnergyJoules / energyJoules - 1) < shownDifference) return undefined;
  return `measured energy ${formatJoules(energyJoules)} uses the mean power of the whole measurement, with idle time before and after the runs; ${formatJoules(inRunEnergyJoules)} from start to stop of the runs`;
}

const mostShown = 3;

/** Notes for a list: rows with the runs of another row, and rows whose energy includes idle time. */
export function listNotes(rows: readonly MeasuredRow[], withEnergy: boolean): string[] {
  const repeated = rows.filter(({ row }) => row.repeats !== undefined);
  const [first] = repeated;
  const idle = withEnergy
    ? rows.flatMap(({ row }) => {
        const note = idleNote(row);
        return note === undefined ? [] : [`${row.system}: ${note}`];
      })
    : [];
  const more = idle.length - mostShown;
  return [
    ...(first === undefined
      ? []
      : [
          `${countOf(repeated.length, "result")} marked = ${repeated.length === 1 ? "has" : "have"} the runs of another result: ${first.row.system} those of ${first.row.repeats ?? ""}`,
        ]),
    ...idle.slice(0, mostShown),
    ...(more > 0 ? [`${more} more with idle time in the measured energy`] : []),
  ];
}
