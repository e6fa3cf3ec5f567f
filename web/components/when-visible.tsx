import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Renders panels this far outside of the viewport, so that they are ready when scrolled into view. */
const ahead = "400px";

/** Renders its children only while they are in or near the viewport; always keeps their height. */
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
  const height = useRef(minHeight);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const isIntersecting = entries.at(-1)?.isIntersecting === true;
        if (!isIntersecting) height.current = Math.max(minHeight, element.offsetHeight);
        // Keeps a panel that contains the focused element.
        if (isIntersecting || !element.contains(document.activeElement)) setVisible(isIntersecting);
      },
      { rootMargin: ahead },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [minHeight]);
  return (
    <div ref={box} class={className} style={isVisible ? {} : { minHeight: `${height.current}px` }}>
      {isVisible ? children() : undefined}
    </div>
  );
}
