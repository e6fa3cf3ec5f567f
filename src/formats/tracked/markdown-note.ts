/** The description of a run in Markdown: the user's note, and the result card with its columns aligned. */
export function markdownNote(note: string, card: string): string {
  const block = card === "" ? "" : `\`\`\`\n${card}\n\`\`\``;
  return [note, block].filter((part) => part !== "").join("\n\n");
}
