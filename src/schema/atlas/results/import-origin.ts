/** Where imported logs came from. Only those of the round's public repository are linked to it. */
export type ImportOrigin =
  | { kind: "repository" }
  /** The user's own files: absolute paths of the folders and archives. */
  | { kind: "local"; paths: readonly string[] };
