import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RaceCurve, RaceDocument, RaceListDocument } from "../../../schema/dashboard/race.ts";
import type { RaceReport } from "../../../schema/run/race/race-report.ts";
import type { RunStore } from "../../../store/records/run-store.ts";
import { type RecordedRace, recordedRaces, reportRecorded } from "../../race/find-race.ts";
import { curveOfRun } from "./curve-of-run.ts";
import type { BoardWatch } from "../list/watch-board.ts";

/** The races of one home, for the dashboard. A report is computed again only if a run of its race has changed. */
export class RaceReports {
  readonly #store: RunStore;
  readonly #list: BoardWatch;
  readonly #reports = new Map<string, { state: string; report: RaceReport }>();

  constructor(store: RunStore, list: BoardWatch) {
    this.#store = store;
    this.#list = list;
  }

  /** Newest first. */
  async list(): Promise<RaceListDocument> {
    const races = await recordedRaces(this.#store);
    const reports: RaceReport[] = [];
    for (const race of races.toReversed()) reports.push(await this.#report(race));
    return { races: reports };
  }

  /** @throws UserError `unknown-race` */
  async race(id: string): Promise<RaceDocument> {
    await this.#list.refreshBoard();
    const race = (await recordedRaces(this.#store)).find((one) => one.id === id);
    if (race === undefined) {
      throw new UserError("unknown-race", `unknown race \`${id}\``, {
        hint: "`/races` lists them",
      });
    }
    const curves = race.runs.flatMap(({ request, result }): RaceCurve[] => {
      const { runId } = request;
      const evaluations = result?.evaluations ?? this.#list.board.followed(runId)?.evaluations;
      if (evaluations === undefined || evaluations.length === 0) return [];
      return [{ runId, arm: request.race?.arm ?? 1, ...curveOfRun(evaluations, result) }];
    });
    return { report: await this.#report(race), curves };
  }

  async #report(race: RecordedRace): Promise<RaceReport> {
    const ended = race.runs.filter(({ result }) => result !== undefined).length;
    const known = this.#reports.get(race.id);
    const state = `${race.runs.length} ${ended}`;
    // Whether a race runs can change without a change of its records.
    if (known !== undefined && known.state === state && known.report.state !== "running")
      return known.report;
    const report = await reportRecorded(race);
    this.#reports.set(race.id, { state, report });
    return report;
  }
}
