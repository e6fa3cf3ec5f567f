import type { CompiledFile } from "./compile-rule-file.ts";

/** The parts of an edition that a check uses. */
export interface EditionRules {
  edition: string;
  asPublished: boolean;
  /** Indexed by edition and name, because some editions borrow files from others. */
  files: ReadonlyMap<string, ReadonlyMap<string, CompiledFile>>;
  /** Keys that rules read. Lines with other keys do not affect a check. */
  keys: ReadonlySet<string>;
  /** Metadata members that rules read. */
  metadataNames: ReadonlySet<string>;
  /** Keys that produce only a warning if they are missing. */
  warnsIfMissing: ReadonlySet<string>;
  /** Whether failed checks at the end of a log produce only warnings. */
  warnsAtEnd: boolean;
}
