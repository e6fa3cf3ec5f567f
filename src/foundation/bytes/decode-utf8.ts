/** Decodes text with one byte per character as UTF-8; returns it unchanged if it is not UTF-8 or not bytes. */
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
    // The text is Latin-1.
    if (error instanceof URIError) return bytesAsText;
    throw error;
  }
}
