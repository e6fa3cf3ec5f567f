import type { JSX } from "preact";
import { hrefOf, storeInAddress, place } from "../../router.ts";

/** Opens the panel of a result. */
export function ResultLink({ rowId, text }: { rowId: string; text: string }): JSX.Element {
  const { path, query } = place.value;
  return (
    <a
      href={hrefOf({ path, query: { ...query, row: rowId } })}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        storeInAddress({ row: rowId }, { asStep: true });
      }}
    >
      {text}
    </a>
  );
}
