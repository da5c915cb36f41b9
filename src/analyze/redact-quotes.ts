import type { FactTable } from '../model/artifact.ts';
import type { CheckRow, Evidence, Excerpt, Finding } from '../model/finding.ts';
import type { Value } from '../model/message.ts';
import { redactText } from '../redact/text.ts';

/** Everything of a report that quotes a bundle. */
export interface Quotes {
  readonly findings: readonly Finding[];
  readonly rows: readonly CheckRow[];
  readonly facts: readonly FactTable[];
}

/**
 * Redacts what a report quotes from a bundle, whoever wrote the bundle: a foreign one never met our
 * writer. Names of objects are not quotes; line numbers stay true.
 */
export function redactQuotes({ findings, rows, facts }: Quotes): Quotes {
  return {
    findings: findings.map((finding) => ({
      ...finding,
      values: redactValues(finding.values),
      evidence: finding.evidence.map(redactEvidence),
    })),
    rows: rows.map((row) => ({
      ...row,
      values: redactValues(row.values),
      evidence: row.evidence.map(redactEvidence),
      ...(row.reason === undefined ? {} : { reason: redactLine(row.reason) }),
    })),
    facts: facts.map((table) => ({ ...table, rows: table.rows.map((cells) => cells.map(redactOne)) })),
  };
}

function redactValues(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, redactOne(value)]));
}

function redactOne(value: Value): Value {
  if (typeof value === 'string') return redactLine(value);
  if (Array.isArray(value)) return value.map((element: string) => redactLine(element));
  return value;
}

function redactLine(text: string): string {
  return redactText(text).text;
}

function redactEvidence(evidence: Evidence): Evidence {
  if (evidence.type === 'absent' || !evidence.excerpt) return evidence;
  return { ...evidence, excerpt: redactExcerpt(evidence.excerpt) };
}

function redactExcerpt(excerpt: Excerpt): Excerpt {
  return { ...excerpt, lines: redactText(excerpt.lines.join('\n')).text.split('\n') };
}
