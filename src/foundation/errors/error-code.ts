/** The code of a failed system call (`ENOENT`); undefined if the error has none. */
export function errorCode(error: unknown): string | undefined {
  const hasCode = error instanceof Error && "code" in error;
  return hasCode && typeof error.code === "string" ? error.code : undefined;
}

/** The message of an error; for a thrown value that is not an error, the value as text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
