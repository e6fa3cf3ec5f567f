import type { JSX } from "preact";
import { Command } from "../../../components/command.tsx";
import { Prose } from "../../../components/prose.tsx";

/** A panel without data: why it has none, and what would fill it. */
export interface EmptyPanel {
  title: string;
  text: string;
  command?: string | undefined;
}

/** Panels without data, folded into one line. */
export function EmptyPanels({ panels }: { panels: readonly EmptyPanel[] }): JSX.Element | null {
  if (panels.length === 0) return null;
  return (
    <details class="empty-panels">
      <summary>
        <span class="muted">no data for</span> {panels.map(({ title }) => title).join(" · ")}
      </summary>
      <dl class="facts">
        {panels.map(({ title, text, command }) => (
          <>
            <dt>{title}</dt>
            <dd>
              <Prose text={text} />
              {command === undefined ? undefined : <Command text={command} />}
            </dd>
          </>
        ))}
      </dl>
    </details>
  );
}
