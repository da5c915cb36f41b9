import { splitText, type Tag, type Value } from '../model/message.ts';
import type { Subject } from '../model/subject.ts';
import { formatValue, isSubject, subjectKind } from './format-value.ts';
import { visibleInline } from './visible-text.ts';

/** A run of a rendered text: prose, or code (names, fields, commands). */
export interface Segment {
  readonly code: boolean;
  readonly text: string;
}

/**
 * A message, step or check text with its values put in, cut into prose and code. Backticks of the text itself
 * delimit code, backticks inside values never do. An object reads ``Pod `api-0` in namespace `payments` ``; a
 * namespace already named in the same text is not repeated.
 */
export function renderSegments(text: string, values: Readonly<Record<string, Value>>): readonly Segment[] {
  const writer = new SegmentWriter();
  for (const piece of splitText(text)) {
    if (typeof piece === 'string') writer.literal(piece);
    else writer.value(piece.tag, values[piece.name], piece.name);
  }
  return writer.finish();
}

/** A text without placeholders, cut at its backticks. */
export function plainSegments(text: string): readonly Segment[] {
  const writer = new SegmentWriter();
  writer.literal(visibleInline(text));
  return writer.finish();
}

/** A subject alone as segments: ``Pod `api-0` in namespace `payments` ``. */
export function subjectSegments(subject: Subject): readonly Segment[] {
  const writer = new SegmentWriter();
  writer.value('object', subject, 'subject');
  return writer.finish();
}

/** Segments as text, code between backticks. */
export function segmentsToText(segments: readonly Segment[]): string {
  return segments.map((segment) => (segment.code ? `\`${segment.text}\`` : segment.text)).join('');
}

class SegmentWriter {
  private readonly segments: Segment[] = [];
  private readonly namespaces = new Set<string>();
  private inCode = false;
  private run = '';

  literal(text: string): void {
    const pieces = text.split('`');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) this.toggle();
      this.run += piece;
    }
  }

  value(tag: Tag, value: Value | undefined, name: string): void {
    if (value === undefined) {
      this.run += `{${name}}`;
      return;
    }
    if (!isSubject(value)) {
      // What only some sentences have, such as ` (run of a CronJob)`, brings its own space.
      if (typeof value === 'string' && /^ +[^ ]/.test(value) && this.endsInProse()) this.run += ' ';
      this.run += formatValue(tag, value);
      return;
    }
    if (this.inCode) this.run += visibleInline(value.name);
    else this.subject(value);
  }

  finish(): readonly Segment[] {
    this.flush();
    return this.segments;
  }

  private endsInProse(): boolean {
    const isEmpty = this.segments.length === 0 && this.run === '';
    return !this.inCode && !isEmpty && !this.run.endsWith(' ');
  }

  private subject(subject: Subject): void {
    const kind = subjectKind(subject);
    const opens = this.segments.length === 0 && this.run === '';
    this.run += opens ? kind.charAt(0).toUpperCase() + kind.slice(1) : kind;
    this.run += ' ';
    this.code(subject.name);
    const namespace = 'external' in subject ? undefined : subject.namespace;
    if (namespace === undefined || this.namespaces.has(namespace)) return;
    this.namespaces.add(namespace);
    this.run += ' in namespace ';
    this.code(namespace);
  }

  private code(text: string): void {
    this.toggle();
    this.run += visibleInline(text);
    this.toggle();
  }

  private toggle(): void {
    this.flush();
    this.inCode = !this.inCode;
  }

  private flush(): void {
    if (this.run !== '') this.segments.push({ code: this.inCode, text: this.run });
    this.run = '';
  }
}
