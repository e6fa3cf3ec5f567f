import type { JSX } from "preact";

/** A plain table in its own scroll box. */
export function DataTable({
  caption,
  heads,
  rows,
}: {
  caption: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
}): JSX.Element {
  return (
    <div class="scroll-box" tabIndex={0} role="region" aria-label={caption}>
      <table class="data-table">
        <caption class="hidden-text">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
