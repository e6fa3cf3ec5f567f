import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** A command line with a button that copies it. */
export function Command({ text }: { text: string }): JSX.Element {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      // The clipboard needs a secure address (https or localhost) and permission.
      setState("failed");
    }
  };
  return (
    <span class="command">
      <code>{text}</code>
      <button
        type="button"
        data-kind="quiet"
        aria-label={`copy the command ${text}`}
        onClick={() => void copy()}
      >
        {state === "idle" ? "copy" : state === "copied" ? "copied" : "select it to copy"}
      </button>
    </span>
  );
}
