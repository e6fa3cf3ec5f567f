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

const maxWholeRows = 100;

interface VirtualRows {
  items: VirtualItem[];
  /** Total height of all rows in pixels. */
  height: number;
  /** Position of the list on the page in pixels. */
  top: number;
  scrollTo: (index: number) => void;
}

/**
 * Returns the rows of a long list to render at the current scroll position.
 *
 * @param options `isGrowing`: the list is the beginning of a longer one, of which only the visible rows are rendered
 */
export function useVirtualRows(
  list: RefObject<HTMLElement | null>,
  {
    count,
    rowHeight,
    isGrowing = false,
  }: { count: number; rowHeight: number; isGrowing?: boolean },
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
    // A short list is rendered as a whole, for printing and for screenshots of the whole page.
    overscan: count <= maxWholeRows && !isGrowing ? count : 6,
    scrollMargin: top.current,
    // Keeps a row that is scrolled to below the sticky header.
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
