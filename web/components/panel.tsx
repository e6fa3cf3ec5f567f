import type { ComponentChildren, JSX } from "preact";
import { Command } from "./command.tsx";
import { Prose } from "./prose.tsx";
import { formatDuration } from "../../src/foundation/numbers/units.ts";

/** The state of a panel. */
export type PanelState =
  /** `text` says what is read, if that takes long. */
  | { kind: "loading"; text?: string }
  /** `command` would add content. */
  | { kind: "empty"; text: string; command?: string | undefined }
  | { kind: "failed"; message: string; hint?: string | undefined }
  /** `staleMs` is the age of the content, set only if it is outdated. */
  | { kind: "ready"; staleMs?: number | undefined };

interface PanelProps {
  title: string;
  /** The title as elements, if it contains texts from other programs. */
  heading?: ComponentChildren;
  state: PanelState;
  /** Shown next to the title: a unit, a label, or a source. */
  note?: ComponentChildren;
  /** Buttons on the right. */
  tools?: ComponentChildren;
  class?: string;
  /** Of the element, for links to it. */
  id?: string;
  children: ComponentChildren;
}

/** A part of a page in one of four states. */
export function Panel({ title, state, note, tools, children, ...rest }: PanelProps): JSX.Element {
  return (
    <section
      class={`panel ${rest.class ?? ""}`}
      {...(rest.id === undefined ? {} : { id: rest.id })}
      aria-label={title}
      aria-busy={state.kind === "loading"}
    >
      <header class="panel-head">
        <h2>{rest.heading ?? title}</h2>
        {note === undefined ? undefined : <span class="note">{note}</span>}
        {state.kind === "ready" && state.staleMs !== undefined ? (
          <span class="panel-stale">as of {formatDuration(state.staleMs)} ago</span>
        ) : undefined}
        {tools === undefined || state.kind !== "ready" ? undefined : (
          <span class="tools">{tools}</span>
        )}
      </header>
      {state.kind === "ready" ? children : <StateMessage state={state} />}
    </section>
  );
}

/** Shown instead of a page whose content is loading or failed. */
export function PageMessage({
  title,
  state,
}: {
  title: string;
  state: Exclude<PanelState, { kind: "ready" }>;
}): JSX.Element {
  return (
    <>
      <h1 class="hidden-text">{title}</h1>
      <StateMessage state={state} />
    </>
  );
}

/** Shown instead of content that is loading, empty, or failed. */
export function StateMessage({
  state,
}: {
  state: Exclude<PanelState, { kind: "ready" }>;
}): JSX.Element {
  switch (state.kind) {
    case "loading":
      return (
        <div class="panel-state" data-kind="loading" role="status">
          <div class="loading-bar" />
          <span class="loading-text">{state.text ?? "loading"}</span>
        </div>
      );
    case "empty":
      return (
        <div class="panel-state" data-kind="empty">
          <span>
            <Prose text={state.text} />
          </span>
          {state.command === undefined ? undefined : <Command text={state.command} />}
        </div>
      );
    case "failed":
      return (
        <div class="panel-state" data-kind="failed" role="alert">
          <strong>
            <Prose text={state.message} />
          </strong>
          {state.hint === undefined ? undefined : (
            <span>
              <Prose text={state.hint} />
            </span>
          )}
        </div>
      );
  }
}
