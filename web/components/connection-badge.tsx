import type { JSX } from "preact";
import { formatDuration } from "../../src/foundation/units.ts";
import type { Connection } from "../live/connection.ts";
import { everySecondMs } from "../live/server-clock.ts";

/** How the live connection is, in words and with the age of what is shown. */
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
      return "over";
    case "removed":
      return "deleted";
    case "failed":
      return "no connection";
  }
}
