import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { StateMessage } from "../../components/panel.tsx";
import { type Atlas, atlasState, followAtlas } from "../../live/atlas-documents.ts";
import { everySecondMs } from "../../live/server-clock.ts";
import { isStaticSite } from "../../router.ts";

/** Data older than this is marked as outdated. */
const staleAfterMs = 10 * 60_000;

/** A page of the results, once they are there. */
export function AtlasShell({
  title,
  children,
}: {
  title: string;
  children: (atlas: Atlas) => ComponentChildren;
}): JSX.Element {
  useEffect(() => {
    const unmount = new AbortController();
    followAtlas(unmount.signal);
    return () => unmount.abort();
  }, []);
  const { atlas, failure } = atlasState.value;
  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        <Age />
      </div>
      {atlas === undefined ? (
        <StateMessage
          state={
            failure === undefined
              ? { kind: "loading" }
              : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      ) : atlas.rows.length === 0 ? (
        <StateMessage
          state={{
            kind: "empty",
            text: "No results. Import a published round with:",
            command: "pitwall results import <folder or archive>",
          }}
        />
      ) : (
        <>
          {atlas.problems.map(({ message, hint }) => (
            <div class="notice warn" role="status">
              <span>{message}</span>
              {hint === undefined ? undefined : <span class="muted">{hint}</span>}
            </div>
          ))}
          {children(atlas)}
        </>
      )}
    </>
  );
}

/** The age of outdated data. */
function Age(): JSX.Element | null {
  const { receivedMs, failure } = atlasState.value;
  if (receivedMs === undefined || isStaticSite) return null;
  const ageMs = everySecondMs.value - receivedMs;
  if (failure === undefined && ageMs < staleAfterMs) return null;
  const minutes = Math.max(1, Math.round(ageMs / 60_000));
  return (
    <span class="panel-stale" role="status">
      as of {minutes} min ago{failure === undefined ? "" : `: ${failure.message}`}
    </span>
  );
}
