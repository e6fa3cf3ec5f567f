import type { JSX } from "preact";
import type { PointKind } from "../../charts/atlas/atlas-chart.ts";

// The symbols of Observable Plot in a 14 by 14 box.
const shapes: Readonly<Record<PointKind, string>> = {
  cloud: "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9Z",
  "on-premise": "M3 3h8v8h-8Z",
  preview: "M7 2l5 9h-10Z",
  rdi: "M7 1l3.4 6l-3.4 6l-3.4-6Z",
  "not-stated": "M5.2 2h3.6v3.2h3.2v3.6h-3.2v3.2h-3.6v-3.2h-3.2v-3.6h3.2Z",
  own: "M7 .6l1.6 4.6h4.9l-3.9 3l1.4 4.7l-4-2.8l-4 2.8l1.4-4.7l-3.9-3h4.9Z",
};

/** The icon of a chart symbol for the legend. */
export function ShapeIcon({
  kind,
  isOpen = false,
}: {
  kind: PointKind;
  isOpen?: boolean;
}): JSX.Element {
  return (
    <svg viewBox="0 0 14 14" aria-hidden="true">
      <path
        d={shapes[kind]}
        fill={isOpen ? "none" : "currentColor"}
        stroke="currentColor"
        stroke-width="1.2"
      />
    </svg>
  );
}
