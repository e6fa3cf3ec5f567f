/** A rule edition as written in `data/rules`. */
interface ConvertedEdition {
  edition: string;
  source: string;
  released: string;
  files: unknown[];
}

export function convertEdition(
  dump: unknown,
  origin: { source: string; released: string },
): ConvertedEdition;
