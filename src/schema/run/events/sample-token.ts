/** Precedes a step sample in a program's output. In its own file, so that runs without samples do not load their schema. */
export const sampleToken = ":::PITWALL ";
