import type { JSX } from "preact";
import { Panel } from "../../components/panel.tsx";
import type { AttemptRow } from "./view-model.ts";

/** When each attempt of a restarted run ran, and what ended it; nothing for a run of one attempt. */
export function AttemptsPanel({ rows }: { rows: readonly AttemptRow[] }): JSX.Element | undefined {
  if (rows.length < 2) return undefined;
  return (
    <Panel title="Attempts" state={{ kind: "ready" }} class="wide">
      <ol class="attempts">
        {rows.map(({ name, when, fault, leftFraction, widthFraction, mood }) => (
          <li key={name}>
            <span class="attempt-name">{name}</span>
            <span class="attempt-track" aria-hidden="true">
              <span
                class={mood === "bad" ? "attempt-bar is-failed" : "attempt-bar"}
                style={{ left: `${leftFraction * 100}%`, width: `${widthFraction * 100}%` }}
              />
            </span>
            <span class="attempt-text">
              {when}
              {fault === undefined ? "" : `: ${fault}`}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
