import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

type Part = () => JSX.Element | null;

/**
 * A part of a page whose code is loaded after the first frame, so that the rest of the page is shown earlier. Empty until
 * then.
 *
 * @param props `load`: the same function with each rendering
 */
export function Loaded({ load }: { load: () => Promise<Part> }): JSX.Element | null {
  const [loaded, setLoaded] = useState<{ Part: Part }>();
  useEffect(() => {
    load().then(
      (Part) => setLoaded({ Part }),
      // Without a server, the page itself says so.
      () => undefined,
    );
  }, [load]);
  return loaded === undefined ? null : <loaded.Part />;
}
