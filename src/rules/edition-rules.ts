import type { CompiledFile } from "./compile-rule-file.ts";

/** What a check needs to know of an edition. */
export interface EditionRules {
  edition: string;
  asPublished: boolean;
  /** By edition and name, since a few editions borrow files of others. */
  files: ReadonlyMap<string, ReadonlyMap<string, CompiledFile>>;
  /** Lines with other keys cannot matter. */
  keys: ReadonlySet<string>;
  /** Members of metadata that some rule may look at. */
  metadataNames: ReadonlySet<string>;
  /** Only warn: missing keys of these names, and checks at the end of a log. */
  warnsIfMissing: ReadonlySet<string>;
  warnsAtEnd: boolean;
}
