/** The trouble was overcome, did not happen, or is only provided for. */
const denials =
  /\b(?:still trying|trial \d+ (?:failed|pruned)|retry(?:ing)?|retries|retried|re-?try|recover(?:ed|ing|s|y)|probe|restored|reconnect(?:ed|ing)|will (?:continue|stop|checkpoint|be skipped|retry)|continuing|continues|corrected|correctable|resolved|ignor(?:ed|ing)|skipp(?:ed|ing)|skip|fall(?:ing|s)? ?back|fallback|transient|temporar(?:y|ily)|back to normal|healthy again|succeeded|successful(?:ly)?|passed|would|might|may (?:be|cause|happen|lead|fail|run)|can (?:be|cause|happen|lead)|could (?:be|happen|cause|lead)|in case|if|unless|when|enabl(?:ed|e|ing)|disabl(?:ed|e|ing)|handlers?|guards?|policy|installed|configured|registered|watching for|listening|monitoring (?:for|of)|test(?:s|ing)?|check(?:ing|s)? for|avoid\w*|prevent\w*|protect\w*|detection|default)\b/iu;
/** Counts of nothing, and denied states. */
const nothing =
  /(?<![\w.])0 (?:\w+ )?(?:errors?|failures?|ooms?|kills?|faults?|events?|nans?|infs?|retries|timeouts?)\b|\b(?:no|not any|without(?: any)?|never|none|zero) (?:\w+ ){0,2}(?:errors?|failures?|ooms?|faults?|stragglers?|nans?|infs?|issues?|problems?|xids?|throttling|preemptions?|timeouts?|corruption|mismatch\w*|detected|found|seen)\b|[|:]\s*(?:0|pass(?:ed)?|ok|none|healthy)\s*\||\b(?:oom|kills?|errors?|failures?)(?:_\w+)?[ :=]+0\b|\bno longer (?:slow|throttl\w*|stuck)\b|\bnot (?:active|detected|found|preempted|exceeded|corrupt\w*|full|throttl\w*)\b/iu;
/** `oom=0`, `"preempted": false`: the key names what did not happen. */
const emptyFields =
  /["']?[\w.-]+["']?(?:=|\s*:\s*)["']?(?:false|0|none|null|no|off|n\/a|nil|disabled|ok)\b["']?(?=\s*(?:$|[,;|)}\]])|\s+[\w.-]+=)/giu;
/** `time_limit=3600`: the key names what is set. */
const settings =
  /["']?[\w.-]*(?:limit|timeout|max|min|threshold|policy|interval|retries|budget|size|path|dir|on_|when_|if_)[\w.-]*["']?\s*[=:]\s*["']?[\w./:-]+["']?/giu;

/** Whether a line that names a trouble says that it is none: it was overcome, did not happen, or may only happen. */
export function isDenied(text: string): boolean {
  return denials.test(text) || nothing.test(text);
}

/** Without fields that are empty or set something, whose names are words of faults. */
export function withoutSettings(text: string): string {
  return text.replace(emptyFields, " ").replace(settings, " ");
}
