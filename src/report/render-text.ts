import type { Value } from '../model/message.ts';
import { renderSegments, segmentsToText } from './segments.ts';

/**
 * A message, step or check text with its values as one line of plain English: code between backticks, values
 * neutralised (no control or bidi characters). A value that is missing shows as its name in braces.
 */
export function renderText(text: string, values: Readonly<Record<string, Value>>): string {
  return segmentsToText(renderSegments(text, values));
}
