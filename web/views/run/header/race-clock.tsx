import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { serverNowMs } from "../../../live/server-clock.ts";
import { clockAt, clockText, type ClockReading } from "../view-model.ts";

/** The large clock of the run. Between updates it continues by the server's clock, once per frame. */
export function RaceClock({ reading }: { reading: ClockReading }): JSX.Element {
  const whole = useRef<HTMLSpanElement>(null);
  const tenths = useRef<HTMLSpanElement>(null);
  const latest = useRef(reading);
  latest.current = reading;
  const isTicking = reading.kind === "ticking";
  useEffect(() => {
    let frame = 0;
    let shown = "";
    const draw = (): void => {
      const ms = clockAt(latest.current, serverNowMs());
      const text =
        ms === undefined
          ? { whole: "–", tenths: "" }
          : clockText(ms, { isFinal: latest.current.kind === "stopped" });
      // Changes the document only when the text changes, at most ten times per second.
      if (shown !== text.whole + text.tenths) {
        if (whole.current !== null) whole.current.textContent = text.whole;
        if (tenths.current !== null) tenths.current.textContent = text.tenths;
      }
      shown = text.whole + text.tenths;
      if (isTicking) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [isTicking, isTicking ? undefined : reading]);
  return (
    <div class="race-clock" data-kind={reading.kind} role="timer" aria-label={reading.label}>
      <span class="race-clock-time">
        <span ref={whole} />
        <span ref={tenths} class="race-clock-tenths" />
      </span>
      <span class="race-clock-label">{reading.label}</span>
    </div>
  );
}
