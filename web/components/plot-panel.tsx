import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  type DrawnPlot,
  loadPlot,
  paperLook,
  type PlotLibrary,
  type PlotLook,
} from "../charts/atlas/plot-look.ts";
import { savePng, saveSvg } from "../charts/save/save-plot.ts";
import { saveFile } from "../charts/save/save-chart.ts";
import { keepInAddress, place } from "../router.ts";
import { colourOf, paletteVersion } from "../theme.ts";
import { OtherState, Panel, type PanelState } from "./panel.tsx";
import { screenPalette } from "./screen-palette.ts";

/** Draws a chart with Observable Plot; the same function for the screen and for files. */
export type DrawPlot = (Plot: PlotLibrary, look: PlotLook) => DrawnPlot;

interface PlotPanelProps {
  /** Names the files it is saved as. */
  name: string;
  title: string;
  state: PanelState;
  note?: ComponentChildren;
  draw: DrawPlot;
  /** Pixels, by the width there is. */
  heightAt: (width: number) => number;
  /** In full precision. */
  csv: () => string;
  table?: () => JSX.Element;
  /** What lies over the drawing and follows it, and what stands below. */
  overlay?: (drawn: DrawnPlot, look: PlotLook) => ComponentChildren;
  children?: ComponentChildren;
  label: string;
}

/** A chart of Observable Plot in its panel, with its table and the files it can be saved as. */
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
    if (drawn.current !== undefined)
      await savePng({ name, title }, drawn.current.svg, screenPalette());
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

/** Which charts show their tables stands in the address. */
function tablesShown(): string[] {
  return (place.value.query["tables"] ?? "").split(",").filter((name) => name !== "");
}

function toggleTable(name: string): void {
  const shown = tablesShown();
  const next = shown.includes(name) ? shown.filter((each) => each !== name) : [...shown, name];
  keepInAddress({ tables: next.join(",") });
}

type FigureProps = Pick<PlotPanelProps, "draw" | "heightAt" | "overlay" | "label"> & {
  drawn: { current: DrawnPlot | undefined };
};

function PlotFigure({ draw, heightAt, overlay, label, drawn }: FigureProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [library, setLibrary] = useState<PlotLibrary | "failed">();
  const [shown, setShown] = useState<{ plot: DrawnPlot; look: PlotLook }>();
  const palette = paletteVersion.value;
  useEffect(() => {
    loadPlot().then(setLibrary, () => setLibrary("failed"));
  }, []);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    setWidth(Math.floor(element.clientWidth));
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (library === undefined || library === "failed" || width < 40) return;
    const look = screenLook(width, heightAt(width));
    const plot = draw(library, look);
    // eslint(no-param-reassign) concerns bindings; a ref is there to be written.
    drawn.current = plot;
    plot.svg.setAttribute("aria-hidden", "true");
    host.current?.replaceChildren(plot.svg);
    setShown({ plot, look });
  }, [library, width, palette, draw]);
  return (
    <div ref={box} class="plot-figure">
      {library === "failed" ? <OtherState state={fetchFailure} /> : undefined}
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
  message: "What draws this chart could not be fetched",
  hint: "reload the page; the table has the same figures",
};

const familyCount = 12;

function screenLook(width: number, height: number): PlotLook {
  const families = Array.from({ length: familyCount }, (_, hue) => colourOf(`--family-${hue}`));
  return { width, height, palette: screenPalette(), families };
}
