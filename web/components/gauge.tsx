import type { JSX } from "preact";

/** How full something is, 0..1; what it means stands in its label. */
export function Gauge({
  fraction,
  label,
  isOver = false,
}: {
  fraction: number;
  label: string;
  /** More than there should be. */
  isOver?: boolean;
}): JSX.Element {
  const full = Math.max(0, Math.min(1, fraction));
  return (
    <svg
      class={isOver ? "gauge over" : "gauge"}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect class="gauge-ground" width="100" height="4" />
      <rect class="gauge-fill" width={full * 100} height="4" />
    </svg>
  );
}
