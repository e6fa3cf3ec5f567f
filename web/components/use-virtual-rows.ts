import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
  type VirtualItem,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

interface VirtualRows {
  items: VirtualItem[];
  /** Of all rows together, pixels. */
  height: number;
  /** Where the list begins on the page, pixels. */
  top: number;
  scrollTo: (index: number) => void;
}

/** Which rows of a long list are to be drawn while the page scrolls over it. */
export function useVirtualRows(
  list: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): VirtualRows {
  const [, draw] = useReducer((version: number) => version + 1, 0);
  const top = useRef(0);
  const options: VirtualizerOptions<Window, Element> = {
    count,
    getScrollElement: () => window,
    estimateSize: () => rowHeight,
    scrollToFn: windowScroll,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    overscan: 6,
    scrollMargin: top.current,
    // The page's own head stays above a row that is scrolled to.
    scrollPaddingStart: rowHeight * 2,
    scrollPaddingEnd: rowHeight,
    initialRect: { width: innerWidth, height: innerHeight },
    onChange: () => draw(undefined),
  };
  const [current] = useState(() => new Virtualizer<Window, Element>(options));
  current.setOptions({ ...current.options, ...options });
  useLayoutEffect(() => current._didMount(), [current]);
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null) {
      const now = element.getBoundingClientRect().top + scrollY;
      if (Math.abs(now - top.current) > 1) {
        top.current = now;
        draw(undefined);
      }
    }
    current._willUpdate();
  });
  useLayoutEffect(() => current.measure(), [current, rowHeight]);
  return {
    items: current.getVirtualItems(),
    height: current.getTotalSize(),
    top: top.current,
    scrollTo: (index) => current.scrollToIndex(index),
  };
}
