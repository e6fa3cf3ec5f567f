import type { JSX } from "preact";

/** A sentence written by Pitwall. Text in backticks is displayed as code. */
export function Prose({ text }: { text: string }): JSX.Element {
  const parts = text.split("`");
  // With an unpaired backtick, the text is shown unchanged.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>))}</>;
}
