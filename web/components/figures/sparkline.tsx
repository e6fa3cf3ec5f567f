import type { JSX } from "preact";

const [width, height] = [84, 22];

/** A small curve of about sixty values at most, scaled from minimum to maximum. */
export function Sparkline({
  values,
  label,
}: {
  values: readonly number[];
  label: string;
}): JSX.Element | null {
  const usable = values.filter((value) => Number.isFinite(value));
  if (usable.length < 2) return null;
  const min = Math.min(...usable);
  const range = Math.max(...usable) - min || 1;
  const points = usable.map((value, index) => {
    const x = (index / (usable.length - 1)) * (width - 2) + 1;
    const y = height - 2 - ((value - min) / range) * (height - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" stroke-width="1.3" />
    </svg>
  );
}
