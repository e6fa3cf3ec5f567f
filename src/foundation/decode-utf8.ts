/** Text of which each character is one byte, as UTF-8; the text as it is where it is not UTF-8 or not bytes. */
export function decodeUtf8(bytesAsText: string): string {
  if (!/[\u0080-\u00FF]/u.test(bytesAsText) || /[^\0-\u00FF]/u.test(bytesAsText))
    return bytesAsText;
  const escaped = Array.from(
    bytesAsText,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  try {
    return decodeURIComponent(escaped.join(""));
  } catch (error) {
    // Latin-1 after all.
    if (error instanceof URIError) return bytesAsText;
    throw error;
  }
}
