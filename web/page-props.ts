/** Properties of a page component. */
export interface PageProps {
  /** The named parts of the path. */
  parts: Readonly<Record<string, string>>;
}
