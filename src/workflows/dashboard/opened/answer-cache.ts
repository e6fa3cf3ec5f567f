const maxAnswers = 64;

/** Answers of one kind, computed once for each query and version of the data. */
export class AnswerCache<Answer> {
  readonly #answers = new Map<string, { version: number; answer: Answer }>();

  /** @param make computes the answer if none is stored for this version */
  get(query: string, version: number, make: () => Answer): Answer {
    const known = this.#answers.get(query);
    if (known?.version === version) return known.answer;
    const answer = make();
    if (this.#answers.size >= maxAnswers) this.#answers.clear();
    this.#answers.set(query, { version, answer });
    return answer;
  }
}
