import type { JSX } from "preact";
import { changePlan, planQuery, previewPlan } from "./plan-state.ts";
import type { PlanOptionName } from "./plan-address.ts";
import {
  positionOf,
  sliderSteps,
  valueAt,
  type SliderQuantity,
  type SliderRange,
} from "./slider-values.ts";

interface SliderFieldProps {
  label: string;
  name: PlanOptionName;
  quantity: SliderQuantity;
  range: SliderRange;
  /** What the option is without an entry in the address; undefined: the end of the slider means no limit. */
  unset?: number;
  example: string;
}

/** A quantity that is set by a slider or as text, as the command line takes it. */
export function SliderField({
  label,
  name,
  quantity,
  range,
  unset,
  example,
}: SliderFieldProps): JSX.Element {
  const text = planQuery.value[name] ?? "";
  const value = text === "" ? unset : quantity.read(text);
  const position = value === undefined ? sliderSteps : positionOf(value, range);
  const shown = value === undefined ? (text === "" ? "no limit" : text) : quantity.show(value);
  const textAt = (at: number): string | undefined =>
    unset === undefined && at >= sliderSteps ? undefined : quantity.write(valueAt(at, range));
  const id = `plan-${name}`;
  return (
    <div class="slider-field">
      <label for={id}>{label}</label>
      <input
        type="text"
        class="slider-text"
        aria-label={`${label} as text, for example ${example}`}
        placeholder={unset === undefined ? "no limit" : quantity.write(unset)}
        value={text}
        spellcheck={false}
        onChange={(event) => changePlan({ [name]: event.currentTarget.value.trim() || undefined })}
      />
      <input
        id={id}
        type="range"
        min={0}
        max={sliderSteps}
        step={1}
        value={position}
        aria-valuetext={shown}
        onInput={(event) => previewPlan({ [name]: textAt(Number(event.currentTarget.value)) })}
        onChange={(event) => changePlan({ [name]: textAt(Number(event.currentTarget.value)) })}
      />
    </div>
  );
}
