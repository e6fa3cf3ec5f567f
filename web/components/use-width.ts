import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { followWidth } from "./follow-width.ts";

/** The width of an element in whole pixels, also after it changes; 0 until it is measured. */
export function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    return followWidth(element, () => setWidth(Math.floor(element.clientWidth)));
  }, []);
  return width;
}
