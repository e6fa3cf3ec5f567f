import type { ComponentChildren, JSX, RefObject } from "preact";
import { useRef } from "preact/hooks";
import type { AxisTick, PlotBox } from "../../charts/plan/chart-scale.ts";
import { useWidth } from "../use-width.ts";

export interface FigureSize {
  width: number;
  height: number;
}

/** A chart as wide as its place. `children` draws the SVG's content; `overlay` is laid over it. */
export function SvgFigure({
  height,
  label,
  figure,
  overlay,
  children,
}: {
  height: number;
  label: string;
  /** Receives the drawing, for files of it. */
  figure?: RefObject<SVGSVGElement | null>;
  overlay?: (size: FigureSize) => ComponentChildren;
  children: (size: FigureSize) => ComponentChildren;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const size = { width, height };
  return (
    <div ref={box} class="plot-figure" style={{ minHeight: `${height}px` }}>
      {width < 80 ? undefined : (
        <>
          <svg
            {...(figure === undefined ? {} : { ref: figure })}
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={label}
          >
            {children(size)}
          </svg>
          {overlay?.(size)}
        </>
      )}
    </div>
  );
}

/** Grid lines with the texts of both axes. Titles need the space of `titledPlotBox`. */
export function SvgAxes({
  box,
  xTicks,
  yTicks,
  titles,
}: {
  box: PlotBox;
  xTicks: readonly AxisTick[];
  yTicks: readonly AxisTick[];
  titles?: { x: string; y: string };
}): JSX.Element {
  return (
    <g class="svg-axes" aria-hidden="true">
      {yTicks.map(({ at, text }) => (
        <>
          <line x1={box.left} x2={box.right} y1={at} y2={at} />
          <text x={box.left - 8} y={at + 4} text-anchor="end">
            {text}
          </text>
        </>
      ))}
      {xTicks.map(({ at, text }) => (
        <>
          <line x1={at} x2={at} y1={box.top} y2={box.bottom} />
          <text x={at} y={box.bottom + 18} text-anchor="middle">
            {text}
          </text>
        </>
      ))}
      {titles === undefined ? undefined : (
        <>
          <text x={box.right} y={box.bottom + 36} text-anchor="end">
            {titles.x}
          </text>
          <text x={box.left} y={box.top - 12}>
            {titles.y}
          </text>
        </>
      )}
    </g>
  );
}
