import { describe, expect, it } from 'vitest';
import { redactQuotes } from '../../../src/analyze/redact-quotes.ts';
import type { CheckRow, Evidence, Finding } from '../../../src/model/finding.ts';

const SECRET = 'hunter2hunter2';
const URL = `https://admin:${SECRET}@registry.example/v2/`;
const subject = { group: '', kind: 'Pod', namespace: 'shop', name: 'web' };

function finding(parts: Partial<Finding>): Finding {
  return {
    id: '1',
    fingerprint: '1',
    analyzerId: 'a/b',
    messageId: 'm',
    severity: 'critical',
    confidence: { level: 'certain', reason: 'so' },
    values: {},
    subject,
    rootOwner: subject,
    related: [],
    evidence: [],
    ...parts,
  };
}

function quoted(lines: readonly string[]): Evidence {
  return {
    type: 'log',
    path: 'p',
    line: 1,
    excerpt: { startLine: 5, lines, mark: 1 },
    count: 1,
    counted: 'exact',
  };
}

describe('what a report quotes', () => {
  it('loses its secrets in values, evidence, rows and facts', () => {
    const row: CheckRow = {
      analyzerId: 'a/b',
      checkId: 'c',
      subject,
      state: 'unseen',
      values: { detail: URL },
      reason: `failed: ${URL}`,
      evidence: [quoted([URL])],
    };
    const table = {
      id: 't',
      title: 'T',
      columns: [{ id: 'c', title: 'C', tag: 'text' }],
      rows: [[URL, [URL, 'plain'], 7, null]],
    } as const;

    const redacted = redactQuotes({
      findings: [finding({ values: { detail: URL, list: [URL] }, evidence: [quoted(['a', `b ${URL}`])] })],
      rows: [row],
      facts: [table],
    });

    expect(JSON.stringify(redacted)).not.toContain(SECRET);
    expect(JSON.stringify(redacted)).toContain('registry.example');
  });

  it('keeps the number of its lines, so that the numbers beside them stay true', () => {
    const key = [
      'before',
      '-----BEGIN PRIVATE KEY-----',
      'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
      'MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu',
      '-----END PRIVATE KEY-----',
      'after',
    ];

    const { findings } = redactQuotes({
      findings: [finding({ evidence: [quoted(key)] })],
      rows: [],
      facts: [],
    });
    const [evidence] = findings[0]?.evidence ?? [];
    const excerpt = evidence?.type === 'log' ? evidence.excerpt : undefined;

    expect(excerpt?.lines).toHaveLength(key.length);
    expect(excerpt?.lines.at(-1)).toBe('after');
    expect(excerpt?.lines.join('\n')).not.toContain('MIIEvQ');
    expect(excerpt).toMatchObject({ startLine: 5, mark: 1 });
  });

  it('leaves names of objects, numbers and absence alone', () => {
    const absent: Evidence = {
      type: 'absent',
      artifact: 'x',
      scope: { type: 'cluster' },
      searched: { entries: ['e'], items: 0 },
    };
    const plain = finding({ values: { pod: subject, count: 3, none: null }, evidence: [absent] });

    expect(redactQuotes({ findings: [plain], rows: [], facts: [] }).findings).toEqual([plain]);
  });
});
