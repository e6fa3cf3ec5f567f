import { visibleControls } from "../../../src/foundation/text/visible-controls.ts";

/** Escapes text for an SVG file, as content or as a double-quoted attribute. XML forbids most control characters. */
export function escapedXml(text: string): string {
  return visibleControls(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
