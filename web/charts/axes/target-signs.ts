/** A target as the terminal prints it, with the signs of charts: `val_acc ≥ 0.94`. */
export function withTargetSigns(text: string): string {
  return text.replaceAll(">=", "≥").replaceAll("<=", "≤");
}
