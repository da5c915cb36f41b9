/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  /** Content type. */
  readonly type: string;
  /** Whole, or as it is read. */
  readonly body: Buffer | AsyncIterable<Buffer>;
  /** ISO 8601: sent as `Date`, so that ages are those of the collection. */
  readonly observed: string;
  /** Shown by kubectl in front of its output. */
  readonly warning?: string;
}

/** An answer of one JSON value. */
export function jsonAnswer(value: unknown, observed: string, status = 200): Answer {
  return { status, type: 'application/json', body: Buffer.from(`${JSON.stringify(value)}\n`), observed };
}

/** An answer of plain text. */
export function textAnswer(text: string, observed: string, status = 200): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: Buffer.from(text), observed };
}
