import type { Span } from './span.ts';

/** Finds one kind of secret in a line. Pure and linear in the length of the line. */
export interface Detector {
  /**
   * Texts of at least four characters, one of which is in every line this detector can find anything in;
   * a line with none of them is never looked at. A single character is allowed where it is rare (`@`).
   */
  readonly triggers: readonly string[];
  /** Adds what it finds. `atLineStart`: the text begins where a line begins, not in the middle of a long one. */
  find(text: string, atLineStart: boolean, spans: Span[]): void;
}
