import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Far enough ahead that a scrolling reader finds the panel drawn. */
const ahead = "400px";

/** Keeps its children only while they are in sight or near it, and their room always. */
export function WhenSeen({
  class: className = "",
  minHeight,
  children,
}: {
  class?: string;
  /** Pixels to keep while nothing was drawn yet. */
  minHeight: number;
  children: () => ComponentChildren;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  const height = useRef(minHeight);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const nowSeen = entries.at(-1)?.isIntersecting === true;
        if (!nowSeen) height.current = Math.max(minHeight, element.offsetHeight);
        // What the reader works in stays, wherever the page was scrolled to.
        if (nowSeen || !element.contains(document.activeElement)) setSeen(nowSeen);
      },
      { rootMargin: ahead },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [minHeight]);
  return (
    <div ref={box} class={className} style={isSeen ? {} : { minHeight: `${height.current}px` }}>
      {isSeen ? children() : undefined}
    </div>
  );
}
