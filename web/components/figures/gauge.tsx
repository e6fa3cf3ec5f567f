import type { JSX } from "preact";

/** A horizontal gauge of a fraction in 0..1; its label describes the meaning. */
export function Gauge({
  fraction,
  label,
  isOver = false,
}: {
  fraction: number;
  label: string;
  /** Whether the limit is exceeded. */
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
