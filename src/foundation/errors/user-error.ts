/** Details of a user error, one line each. */
interface ErrorPlace {
  /** Where it happened: a file and line, an option, or a URL. */
  at?: string | undefined;
  /** The value that was found. */
  saw?: string | undefined;
  /** What the user should do. */
  hint?: string | undefined;
}

/**
 * An error that the user must fix. Ends the program with exit code 2, or 3 for a `WorldError`.
 *
 * `code` is stable and kebab-case; `message` is understandable on its own in a log file.
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

/** The request was valid, but the environment failed: disk full, host lost. Exit code 3. */
export class WorldError extends UserError {
  override readonly name = "WorldError";
}
