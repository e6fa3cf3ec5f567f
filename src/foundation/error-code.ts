/** The code that a failed system call carries (`ENOENT`); undefined where the error has none. */
export function errorCode(error: unknown): string | undefined {
  const hasCode = error instanceof Error && "code" in error;
  return hasCode && typeof error.code === "string" ? error.code : undefined;
}

/** What an error says; for a thrown value that is no error, the value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
