import type { JSX, RefObject } from "preact";
import { inlineLooks } from "../../charts/save/inline-looks.ts";
import { savePng, saveSvg } from "../../charts/save/save-plot.ts";
import { screenPalette } from "./screen-palette.ts";

/** Buttons that save a drawing of the page as a file, with its title. */
export function SaveFigure({
  name,
  title,
  figure,
}: {
  /** Of the file. */
  name: string;
  title: string;
  figure: RefObject<SVGSVGElement | null>;
}): JSX.Element {
  const saveAs = (kind: "svg" | "png"): void => {
    if (figure.current === null) return;
    const drawing = inlineLooks(figure.current);
    const palette = screenPalette();
    if (kind === "svg") saveSvg({ name, title }, drawing, palette);
    else void savePng({ name, title }, drawing, palette);
  };
  return (
    <>
      {(["svg", "png"] as const).map((kind) => (
        <button
          type="button"
          data-kind="quiet"
          aria-label={`save ${title} as ${kind}`}
          onClick={() => saveAs(kind)}
        >
          {kind}
        </button>
      ))}
    </>
  );
}
