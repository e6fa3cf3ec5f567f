import type { JSX } from "preact";
import { formatDuration } from "../../src/foundation/numbers/units.ts";
import type { Connection } from "../live/connection.ts";
import { everySecondMs } from "../live/server-clock.ts";

/** The state of the live connection and the age of the shown data. */
export function ConnectionBadge({ connection }: { connection: Connection }): JSX.Element {
  return (
    <span class="connection" data-kind={connection.kind} role="status">
      {textOf(connection)}
    </span>
  );
}

function textOf(connection: Connection): string {
  switch (connection.kind) {
    case "connecting":
      return "connecting";
    case "live":
      return "live";
    case "reconnecting": {
      const ageMs = Math.max(0, everySecondMs.value - connection.sinceMs);
      return `reconnecting, as of ${formatDuration(Math.round(ageMs / 1000) * 1000)} ago`;
    }
    case "ended":
      return "ended";
    case "removed":
      return "deleted";
    case "failed":
      return "no connection";
  }
}
