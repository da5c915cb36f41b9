import type { Tag, Value } from '../model/message.ts';
import type { Subject } from '../model/subject.ts';
import { visibleInline } from './visible-text.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DURATION_UNITS = [
  { name: 'd', seconds: DAY, from: 2 * DAY },
  { name: 'h', seconds: HOUR, from: HOUR },
  { name: 'min', seconds: MINUTE, from: MINUTE },
  { name: 's', seconds: 1, from: 0 },
] as const;

const BYTE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** How much of a value is shown: characters of a text, elements of a list. */
export interface ValueLimits {
  readonly characters: number;
  readonly elements: number;
}

/** In a sentence long values are cut; the evidence has the rest. */
const IN_SENTENCE: ValueLimits = { characters: 400, elements: 12 };
/** In a table everything is shown that a person could read. */
export const WHOLE_VALUE: ValueLimits = { characters: 4000, elements: 1000 };

/** A moment as `2026-01-02 03:04:05 UTC`; text that is no moment is returned as it is. */
export function formatTime(iso: string): string {
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds)) return visibleInline(iso);
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Seconds as `6 h`, `2 min 5 s`, `3 d 4 h`: two units while the first has one digit. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return String(seconds);
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  const whole = Math.round(seconds);
  const position = DURATION_UNITS.findIndex((unit) => whole >= unit.from);
  const unit = DURATION_UNITS[position] as (typeof DURATION_UNITS)[number];
  const amount = Math.floor(whole / unit.seconds);
  const next = DURATION_UNITS[position + 1];
  if (!next || amount >= 10) return `${formatCount(amount)} ${unit.name}`;
  const rest = Math.floor((whole - amount * unit.seconds) / next.seconds);
  return rest === 0 ? `${amount} ${unit.name}` : `${amount} ${unit.name} ${rest} ${next.name}`;
}

/** Bytes in binary units as Kubernetes has them: `900 B`, `1.5 MiB`, `12 GiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || Math.abs(bytes) < 1024) return `${bytes} B`;
  let amount = bytes;
  let unit = -1;
  while (Math.abs(amount) >= 1024 && unit < BYTE_UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits =
    Math.abs(amount) < 9.95 ? amount.toFixed(1).replace('.0', '') : formatCount(Math.round(amount));
  return `${digits} ${BYTE_UNITS[unit]}`;
}

/** A number with thousands separators: `1,234`. */
export function formatCount(count: number): string {
  const [whole = '', fraction] = String(count).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The kind of a subject as it stands before the name: `Pod`, `registry`. */
export function subjectKind(subject: Subject): string {
  return visibleInline('external' in subject ? subject.external : subject.kind);
}

/** A subject in one line without markup: `Pod payments/api-0`, `registry registry.example`. */
export function formatSubject(subject: Subject): string {
  const namespace = 'external' in subject ? undefined : subject.namespace;
  const path = namespace === undefined ? subject.name : `${namespace}/${subject.name}`;
  return `${subjectKind(subject)} ${visibleInline(path)}`;
}

/** Whether a value is a subject: a Kubernetes object or something external. */
export function isSubject(value: unknown): value is Subject {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { name?: unknown }).name === 'string' &&
    ('kind' in value || 'external' in value)
  );
}

/** A value as plain text by the rules of its tag; a value of the wrong type is shown as it is. */
export function formatValue(tag: Tag, value: Value | undefined, limits: ValueLimits = IN_SENTENCE): string {
  if (value === undefined || value === null) return '';
  if (isSubject(value)) return formatSubject(value);
  if (Array.isArray(value)) return formatList(value, limits);
  if (typeof value === 'number') return formatNumber(tag, value);
  const text = String(value);
  if (tag === 'time') return formatTime(text);
  const line = visibleInline(text);
  const rest = line.length - limits.characters;
  return rest <= 0
    ? line
    : `${line.slice(0, limits.characters)}… (cut, ${formatCount(rest)} more characters)`;
}

function formatNumber(tag: Tag, value: number): string {
  switch (tag) {
    case 'duration':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'count':
      return formatCount(value);
    default:
      return String(value);
  }
}

function formatList(values: readonly unknown[], limits: ValueLimits): string {
  const named = values.slice(0, limits.elements).map((value) => formatValue('text', value as Value, limits));
  const rest = values.length - named.length;
  if (rest > 0) return `${named.join(', ')} and ${formatCount(rest)} more`;
  const last = named.pop() ?? '';
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`;
}
