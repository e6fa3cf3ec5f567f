const maxAnswers = 64;

/** Answers of one kind, computed once for each question and version of the data. */
export class AnswerCache<Answer> {
  readonly #answers = new Map<string, { version: number; answer: Answer }>();

  /** @param make computes the answer where none is stored for this version */
  get(question: string, version: number, make: () => Answer): Answer {
    const known = this.#answers.get(question);
    if (known?.version === version) return known.answer;
    const answer = make();
    if (this.#answers.size >= maxAnswers) this.#answers.clear();
    this.#answers.set(question, { version, answer });
    return answer;
  }
}
