import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../scripts/units.ts';
import { createNeedles } from '../../../src/bundle/leak-needles.ts';
import { createLeakScanner } from '../../../src/bundle/leak-scan.ts';
import { LEAK_SHAPES } from '../../../src/bundle/leak-shapes.ts';

const holds = (text: string): string | undefined => LEAK_SHAPES.find((shape) => shape.isIn(text))?.id;

describe('the needles of known values', () => {
  const value = 'tOp5 Ecret/9x"Q';
  const needles = createNeedles([value]);
  const encoded = (text: string) => Buffer.from(text).toString('base64');

  it('are found plain and encoded, at any place', () => {
    for (const text of [
      value,
      JSON.stringify({ a: value }),
      encodeURIComponent(value),
      encoded(value),
      encoded(`a${value}b`),
      encoded(`ab${value}`),
      Buffer.from(`a${value}b`).toString('base64url'),
    ])
      expect(needles.in(Buffer.from(`before ${text} after`)), text).toBe(true);
  });

  it('are not found in anything else', () => {
    expect(needles.in(Buffer.from('tOp5 Ecret/9x and more'))).toBe(false);
    expect(needles.in(Buffer.from(`before ${value.slice(0, -1)}`))).toBe(false);
    expect(createNeedles([]).in(Buffer.from('anything'))).toBe(false);
    expect(createNeedles(['short']).in(Buffer.from('a short text'))).toBe(false);
  });
});

describe('the shapes of secrets', () => {
  const LEAKS: Readonly<Record<string, string>> = {
    jwt: 'token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJlLWNhbmFyeQ',
    'cloud-token': `remote ghp_${'a1B2'.repeat(9)}`,
    'webhook-url': 'https://hooks.slack.com/services/T0000AAA/B0000BBB/abcdEFGH12345678',
    'authorization-header': 'Authorization: Bearer 0a1b2c3d4e5f6a7b8c9d0e1f',
    'url-credentials': 'dial postgres://kong:hunter4711@db:5432/kong',
    'private-key': `x ${Buffer.from('-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3').toString('base64')}`,
  };
  for (const [id, text] of Object.entries(LEAKS)) {
    it(`are told: ${id}`, () => {
      expect(holds(text)).toBe(id);
    });
  }

  it('are not what redaction leaves', () => {
    for (const text of [
      '-----BEGIN PRIVATE KEY-----\n[REDACTED:private-key]\n',
      'postgres://kong:[REDACTED:url-credentials]@db:5432/kong',
      'postgres://kong:xxxxx@db:5432/kong',
      'Authorization: Bearer [REDACTED:authorization-header]',
      '{"kind":"Secret","data":{"a":""}}',
      'https://hooks.slack.com/services/[REDACTED:webhook-url]',
    ])
      expect(holds(text), text).toBeUndefined();
  });

  it('are in no sample', () => {
    const samples = join(ROOT, 'samples');
    const files = readdirSync(samples, { recursive: true, withFileTypes: true }).filter(
      (one) => one.isFile() && one.parentPath.includes('/bundle'),
    );

    expect(files.length).toBeGreaterThan(500);
    const found = files
      .map((one) => join(one.parentPath, one.name))
      .filter((file) => holds(readFileSync(file, 'latin1')));
    expect(found).toEqual([]);
  });
});

it('a bundle that is cut is an error, never clean', async () => {
  await expect(createLeakScanner().scan(join(ROOT, 'package.json'))).rejects.toThrow();
});
