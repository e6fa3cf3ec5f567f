import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { whenIdle } from "./when-idle.ts";

/** Renders panels this far outside of the viewport, so that they are ready when scrolled into view. */
const ahead = "400px";

/**
 * Renders its children first while they are in or near the viewport, and then in idle time, so that printing, saving and
 * searching the page find all of them. Outside the viewport they are not updated.
 */
export function WhenVisible({
  class: className = "",
  minHeight,
  children,
}: {
  class?: string;
  /** Height in pixels before the first rendering. */
  minHeight: number;
  children: () => ComponentChildren;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [isVisible, setVisible] = useState(false);
  const [isRendered, setRendered] = useState(false);
  const drawn = useRef<ComponentChildren>(undefined);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => setVisible(entries.at(-1)?.isIntersecting === true),
      { rootMargin: ahead },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (isRendered) return undefined;
    if (isVisible) {
      setRendered(true);
      return undefined;
    }
    return whenIdle(() => setRendered(true));
  }, [isVisible, isRendered]);
  useEffect(() => {
    const show = (): void => setVisible(true);
    addEventListener("beforeprint", show);
    return () => removeEventListener("beforeprint", show);
  }, []);
  // The same elements as before are not rendered again. A panel that contains the focused element stays up to date.
  const hasFocus = box.current?.contains(document.activeElement) === true;
  if (isVisible || hasFocus || (isRendered && drawn.current === undefined))
    drawn.current = children();
  const height = drawn.current === undefined ? { minHeight: `${minHeight}px` } : {};
  return (
    <div ref={box} class={className} style={height}>
      {drawn.current}
    </div>
  );
}
