/** What a page is handed: the named parts of its path. */
export interface PageProps {
  parts: Readonly<Record<string, string>>;
}
