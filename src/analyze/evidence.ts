import { dump } from 'js-yaml';
import { parseBase64Certificates, parseCertificates } from '../artifacts/x509.ts';
import type { Evidence, EvidenceRef, Excerpt } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { LogHit, LogMatches, LogTail } from '../model/log-signals.ts';
import { originOf } from '../model/origin.ts';
import { subjectOf } from '../model/subject.ts';
import type { Store } from './store.ts';

/** `-----BEGIN CERT` in base64, as Secrets hold it. */
const BASE64_PEM = 'LS0tLS1CRUdJTiBDRVJU';
/** Longest excerpt of an object, in lines of YAML. */
const EXCERPT_LINES = 24;
/** Longest line of an excerpt, in characters. */
const EXCERPT_LINE_LENGTH = 400;

/** Makes the evidence of a report from what an analyzer cited: where it stands, and an excerpt. */
export function toEvidence(ref: EvidenceRef, store: Store): Evidence {
  switch (ref.cite) {
    case 'item':
      return objectEvidence(ref.item, ref.pointer);
    case 'matches':
      return logEvidence(ref.matches, ref.hit ?? ref.matches.hits[0]);
    case 'tail':
      return tailEvidence(ref.tail);
    case 'absent':
      return absentEvidence(ref, store);
  }
}

function objectEvidence(item: object, pointer: string): Evidence {
  const origin = originOf(item);
  const value = resolvePointer(item, pointer);
  const excerpt =
    value === undefined ? undefined : (certificateExcerpt(value) ?? yamlExcerpt(value, pointer));
  return {
    type: 'object',
    path: origin?.path ?? '',
    line: origin?.line ?? 1,
    pointer: origin?.rearranged ? '' : `${origin?.pointer ?? ''}${pointer}`,
    ...(isResource(item) ? { object: subjectOf(item) } : {}),
    ...(excerpt ? { excerpt } : {}),
  };
}

function isResource(item: object): item is ResourceIdentity {
  return 'kind' in item && 'metadata' in item;
}

/** The value a JSON Pointer (RFC 6901) names, or undefined. */
export function resolvePointer(value: unknown, pointer: string): unknown {
  let current =
    'value' in (value as object) && !isResource(value as object)
      ? (value as { value: unknown }).value
      : value;
  for (const part of pointer.split('/').slice(1)) {
    if (current === null || typeof current !== 'object') return undefined;
    current = (current as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return current;
}

/** A certificate reads as what it says; its PEM text tells nobody anything. */
function certificateExcerpt(value: unknown): Excerpt | undefined {
  const pem = typeof value === 'string' ? value : (value as { readonly pem?: unknown } | null)?.pem;
  if (typeof pem !== 'string') return undefined;
  const parsed = pem.startsWith(BASE64_PEM) ? parseBase64Certificates(pem) : parseCertificates(pem);
  const facts = parsed.map((one) => one.facts).filter((one) => one !== undefined);
  return facts.length === 0 ? undefined : yamlExcerpt(facts.length === 1 ? facts[0] : facts, '');
}

function yamlExcerpt(value: unknown, pointer: string): Excerpt {
  const name = pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  const labelled = name === '' || /^\d+$/.test(name) ? value : { [name]: value };
  const lines = dump(labelled, { lineWidth: -1, noRefs: true, sortKeys: false }).trimEnd().split('\n');
  const cut = lines.length > EXCERPT_LINES || lines.some((line) => line.length > EXCERPT_LINE_LENGTH);
  return { lines: lines.slice(0, EXCERPT_LINES).map(cutLine), ...(cut ? { cut: true } : {}) };
}

function logEvidence(matches: LogMatches, hit: LogHit | undefined): Evidence {
  const lines = hit ? [...hit.before, hit.text, ...hit.after] : [];
  return {
    type: 'log',
    path: originOf(matches)?.path ?? '',
    line: hit?.line ?? 1,
    ...(hit ? { excerpt: logExcerpt(lines, hit.line - hit.before.length, hit.before.length) } : {}),
    count: matches.count,
    counted: matches.counted,
    ...(matches.first === undefined ? {} : { first: matches.first }),
    ...(matches.last === undefined ? {} : { last: matches.last }),
  };
}

function tailEvidence(tail: LogTail): Evidence {
  return {
    type: 'log',
    path: originOf(tail)?.path ?? '',
    line: tail.line,
    excerpt: logExcerpt(tail.lines, tail.line),
    count: 1,
    counted: 'exact',
  };
}

function logExcerpt(lines: readonly string[], startLine: number, mark?: number): Excerpt {
  const cut = lines.some((line) => line.length > EXCERPT_LINE_LENGTH);
  return {
    startLine,
    lines: lines.map(cutLine),
    ...(mark === undefined ? {} : { mark }),
    ...(cut ? { cut: true } : {}),
  };
}

function cutLine(line: string): string {
  return line.length > EXCERPT_LINE_LENGTH ? `${line.slice(0, EXCERPT_LINE_LENGTH)}…` : line;
}

/** What was searched, by store and artifact: many findings of a run say that the same list lacks something. */
const searches = new WeakMap<Store, Map<string, Extract<Evidence, { type: 'absent' }>['searched']>>();

function searchedFor(artifact: string, store: Store): Extract<Evidence, { type: 'absent' }>['searched'] {
  const known = searches.get(store) ?? new Map();
  searches.set(store, known);
  return getOrCreate(known, artifact, () => {
    const entries = [...(store.entries.get(artifact) ?? [])].sort();
    const items: readonly object[] =
      store.resources.get(artifact)?.get(0) ?? store.documents.get(artifact) ?? [];
    const observed = items.find((item) => originOf(item)?.observation?.time !== undefined);
    const observedAt = observed && originOf(observed)?.observation?.time;
    return {
      entries: entries.slice(0, 20),
      items: items.length,
      ...(observedAt ? { observedAt } : {}),
    };
  });
}

function absentEvidence(ref: Extract<EvidenceRef, { cite: 'absent' }>, store: Store): Evidence {
  return {
    type: 'absent',
    artifact: ref.artifact,
    ...(ref.name === undefined ? {} : { name: ref.name }),
    scope: ref.scope,
    searched: searchedFor(ref.artifact, store),
  };
}
