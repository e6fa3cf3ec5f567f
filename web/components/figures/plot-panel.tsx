import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import {
  type DrawnPlot,
  loadPlot,
  paperLook,
  type PlotLibrary,
  type PlotLook,
} from "../../charts/atlas/plot-look.ts";
import { savePng, saveSvg } from "../../charts/save/save-plot.ts";
import { saveFile } from "../../charts/save/save-file.ts";
import { storeInAddress, place } from "../../router.ts";
import { colorOf, paletteVersion } from "../../theme.ts";
import { StateMessage, Panel, type PanelState } from "../panel.tsx";
import { screenPalette } from "./screen-palette.ts";
import { useWidth } from "../use-width.ts";

/** Draws a chart with Observable Plot; the same function for the screen and for files. */
export type DrawPlot = (Plot: PlotLibrary, look: PlotLook) => DrawnPlot;

interface PlotPanelProps {
  /** Name of the saved files. */
  name: string;
  title: string;
  state: PanelState;
  note?: ComponentChildren;
  draw: DrawPlot;
  /** Height in pixels for a width in pixels. */
  heightAt: (width: number) => number;
  /** The data in full precision. */
  csv: () => string;
  table?: () => JSX.Element;
  /** Elements above the drawing, for example the marker of the selected point. */
  overlay?: (drawn: DrawnPlot, look: PlotLook) => ComponentChildren;
  children?: ComponentChildren;
  label: string;
}

/** A panel with a chart of Observable Plot, its table, and buttons that save it as a file. */
export function PlotPanel(props: PlotPanelProps): JSX.Element {
  const { name, title, state, note, children, csv, draw } = props;
  const drawn = useRef<DrawnPlot>(undefined);
  const tableName = `${name}-table`;
  const isTable = useComputed(() => tablesShown().includes(tableName)).value;
  const saveAsSvg = async (): Promise<void> => {
    const look = paperLook();
    saveSvg({ name, title }, draw(await loadPlot(), look).svg, look.palette);
  };
  const saveAsPng = async (): Promise<void> => {
    const look = paperLook();
    await savePng({ name, title }, draw(await loadPlot(), look).svg, look.palette);
  };
  const saveAsCsv = (): void => saveFile(`${name}.csv`, new Blob([csv()], { type: "text/csv" }));
  const ways = { svg: saveAsSvg, png: saveAsPng, csv: saveAsCsv };
  const tools = (
    <>
      {props.table === undefined ? undefined : (
        <button
          type="button"
          data-kind="quiet"
          aria-pressed={isTable}
          onClick={() => toggleTable(tableName)}
        >
          table
        </button>
      )}
      {Object.entries(ways).map(([kind, save]) => (
        <button
          type="button"
          data-kind="quiet"
          aria-label={`save ${title} as ${kind}`}
          onClick={() => void save()}
        >
          {kind}
        </button>
      ))}
    </>
  );
  return (
    <Panel title={title} state={state} note={note} tools={tools}>
      <PlotFigure {...props} drawn={drawn} />
      {children}
      {isTable ? props.table?.() : undefined}
    </Panel>
  );
}

/** The charts whose tables are shown, from the address. */
function tablesShown(): string[] {
  return (place.value.query["tables"] ?? "").split(",").filter((name) => name !== "");
}

function toggleTable(name: string): void {
  const shown = tablesShown();
  const next = shown.includes(name) ? shown.filter((each) => each !== name) : [...shown, name];
  storeInAddress({ tables: next.join(",") });
}

type FigureProps = Pick<PlotPanelProps, "draw" | "heightAt" | "overlay" | "label"> & {
  drawn: { current: DrawnPlot | undefined };
};

function PlotFigure({ draw, heightAt, overlay, label, drawn }: FigureProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [library, setLibrary] = useState<PlotLibrary | "failed">();
  const [shown, setShown] = useState<{ plot: DrawnPlot; look: PlotLook }>();
  const palette = paletteVersion.value;
  useEffect(() => {
    loadPlot().then(setLibrary, () => setLibrary("failed"));
  }, []);
  // Printing does not wait for effects that follow the painting.
  useLayoutEffect(() => {
    if (library === undefined || library === "failed" || width < 40) return;
    const look = screenLook(width, heightAt(width));
    const plot = draw(library, look);
    // A ref is an output of this component.
    drawn.current = plot;
    plot.svg.setAttribute("aria-hidden", "true");
    host.current?.replaceChildren(plot.svg);
    setShown({ plot, look });
  }, [library, width, palette, draw]);
  return (
    <div ref={box} class="plot-figure">
      {library === "failed" ? <StateMessage state={fetchFailure} /> : undefined}
      <div
        ref={host}
        role="img"
        aria-label={label}
        style={{ minHeight: `${heightAt(Math.max(width, 320))}px` }}
      />
      {shown === undefined ? undefined : overlay?.(shown.plot, shown.look)}
    </div>
  );
}

const fetchFailure = {
  kind: "failed" as const,
  message: "Could not load the chart library",
  hint: "reload the page; the table shows the same data",
};

const familyCount = 12;

function screenLook(width: number, height: number): PlotLook {
  const families = Array.from({ length: familyCount }, (_, hue) => colorOf(`--family-${hue}`));
  return { width, height, palette: screenPalette(), families };
}
