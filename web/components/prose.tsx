import type { JSX } from "preact";

/** A sentence of Pitwall's: what stands between backticks can be typed or found, and is set so. */
export function Prose({ text }: { text: string }): JSX.Element {
  const parts = text.split("`");
  // An unpaired backtick is a backtick.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <code>{part}</code>))}</>;
}
