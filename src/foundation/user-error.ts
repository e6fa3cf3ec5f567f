/** One line of what was seen, and where; the third and second part of an error for people. */
interface ErrorPlace {
  /** Where it happened: a file with line, an option, a URL. */
  at?: string | undefined;
  /** What was there instead of what was wanted. */
  saw?: string | undefined;
  /** What to do now. */
  hint?: string | undefined;
}

/**
 * Something the user must change. Ends the program with exit code 2, or 3 for a `WorldError`.
 *
 * `code` is stable and kebab-case; `message` alone makes sense in a log file.
 */
export class UserError extends Error {
  readonly code: string;
  readonly at: string | undefined;
  readonly saw: string | undefined;
  readonly hint: string | undefined;

  constructor(code: string, message: string, place: ErrorPlace & { cause?: unknown } = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = "UserError";
    this.code = code;
    this.at = place.at;
    this.saw = place.saw;
    this.hint = place.hint;
  }
}

/** The request was right and the world failed: disk full, host lost. Exit code 3. */
export class WorldError extends UserError {
  override readonly name = "WorldError";
}
