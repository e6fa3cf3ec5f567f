import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { formatDuration } from "../../../src/foundation/numbers/units.ts";
import { type RaceListDocument, raceListDocument } from "../../../src/schema/dashboard/race.ts";
import { Link } from "../../components/link.tsx";
import { StateMessage } from "../../components/panel.tsx";
import { everySecondMs } from "../../live/server-clock.ts";
import { followDocument, followedState } from "../../live/followed-document.ts";
import { raceLine } from "./view-model.ts";

/** The list of all races. */
export function RacesPage(): JSX.Element {
  const state = useMemo(() => followedState<RaceListDocument>(), []);
  useEffect(() => {
    const unmount = new AbortController();
    const source = { path: "api/races/stream", event: "races", schema: raceListDocument };
    void followDocument(state, source, unmount.signal);
    return () => unmount.abort();
  }, [state]);
  const { document: list, failure } = state.value;
  return (
    <>
      <div class="page-head">
        <h1>Races</h1>
      </div>
      {list === undefined || list.races.length === 0 ? (
        <StateMessage
          state={
            list !== undefined
              ? {
                  kind: "empty",
                  text: "No races yet. A race finds out which of two ways to train is faster:",
                  command: "pitwall race --set workers=1,2 digits",
                }
              : failure === undefined
                ? { kind: "loading" }
                : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      ) : (
        <RaceList list={list} />
      )}
    </>
  );
}

function RaceList({ list }: { list: RaceListDocument }): JSX.Element {
  const nowMs = everySecondMs.value;
  return (
    <ul class="race-list" aria-label="races, newest first">
      {list.races.map((race) => {
        const line = raceLine(race);
        return (
          <li>
            <Link to={{ path: `/races/${line.raceId}`, query: {} }}>{line.raceId}</Link>
            <span class="race-facts">
              {[
                line.state,
                line.target,
                line.arms,
                line.runs,
                `${formatDuration(Math.max(0, nowMs - line.createdMs))} ago`,
              ]
                .filter((text) => text !== "")
                .join(", ")}
            </span>
            <strong>{line.verdict}</strong>
          </li>
        );
      })}
    </ul>
  );
}
