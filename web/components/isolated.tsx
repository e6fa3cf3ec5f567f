import { Fragment, type JSX } from "preact";

/**
 * Texts from other programs, joined by `separator`. Each one is isolated, so that right-to-left letters in it do not
 * reorder the texts next to it.
 */
export function Isolated({
  parts,
  separator = ", ",
}: {
  parts: readonly string[];
  separator?: string;
}): JSX.Element {
  return (
    <>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index === 0 ? "" : separator}
          <bdi>{part}</bdi>
        </Fragment>
      ))}
    </>
  );
}
