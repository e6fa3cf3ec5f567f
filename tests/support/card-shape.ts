/** A result card without its figures and everything that depends on them. */
export function shape(card: string): string[] {
  return card
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("  energy")) // the meters depend on the machine
    .map((line) =>
      line
        .replaceAll(/, dropped: \w+/gu, "")
        .replaceAll(/train-\d{8}-\d{6}-\w{4}/gu, "ID")
        .replaceAll(/\d{4}-\d{2}-\d{2}/gu, "DATE")
        .replaceAll(/[\d.,]+(?: (?:ms|s|min|h)\b)?/gu, "#")
        .replaceAll(/(?:# )+/gu, "# ")
        .replaceAll(/ +/gu, " "),
    );
}
