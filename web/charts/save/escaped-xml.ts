import { visibleControls } from "../../../src/foundation/visible-controls.ts";

/** Text for an SVG file: as content or as an attribute in double quotes. Most controls are not allowed in XML at all. */
export function escapedXml(text: string): string {
  return visibleControls(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
