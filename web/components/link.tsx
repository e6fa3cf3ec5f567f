import type { ComponentChildren, JSX } from "preact";
import type { Place } from "../place.ts";
import { goTo, hrefOf } from "../router.ts";

interface LinkProps {
  to: Place;
  class?: string;
  isCurrent?: boolean;
  children: ComponentChildren;
}

/** A link inside the dashboard. A plain click changes the page; the browser handles all other clicks. */
export function Link({ to, isCurrent = false, children, ...rest }: LinkProps): JSX.Element {
  const follow = (event: MouseEvent): void => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!isPlain || event.altKey) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    <a
      href={hrefOf(to)}
      onClick={follow}
      {...(isCurrent ? { "aria-current": "page" } : {})}
      {...rest}
    >
      {children}
    </a>
  );
}
