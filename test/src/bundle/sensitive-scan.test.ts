import { describe, expect, it } from 'vitest';
import { sensitiveSink } from '../../../src/bundle/sensitive-scan.ts';

/** The shapes of a text given in pieces of so many bytes. */
function shapesIn(text: string, piece = text.length): Record<string, number> {
  let found: Record<string, number> = {};
  const sink = sensitiveSink((counts) => {
    found = Object.fromEntries(counts);
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += piece) sink.chunk(bytes.subarray(at, at + piece));
  sink.end(true);
  return found;
}

const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.${'x'.repeat(40)}`;

describe('sensitiveSink', () => {
  it.each([
    ['private-key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    ['private-key', '"key":"-----BEGIN PRIVATE KEY-----\\nMIIE"'],
    ['jwt', `token ${JWT} x`],
    ['url-password', 'postgres://bob:hunter2@db/x'],
    ['authorization', 'Authorization: Bearer abcdefghij'],
    ['authorization', '{"authorization":"Basic dXNlcjpwYXNz"}'],
    ['cloud-key', `id AKIA${'A2B3'.repeat(4)} end`],
    ['password', 'db_password=hunter22'],
    ['password', '"adminPassword": "hunter22"'],
    ['e-mail', 'from jane.doe@mail.example.com to'],
  ])('finds %s in %s', (shape, text) => {
    expect(shapesIn(text)).toEqual({ [shape]: 1 });
  });

  it.each([
    'password=[REDACTED:named-value] and password: "[REDACTED:named-value-3f2a91c07b]"',
    'postgres://bob:[REDACTED:url-credentials]@db/x',
    'Authorization: Bearer [REDACTED:authorization-header]',
    'image registry.example.com/app@sha256:0123456789abcdef',
    'Started getty@tty1.service and modprobe@fuse.service',
    '"passwordSecretRef": {"name": "db"}, "password": null, "password": true',
    '-----BEGIN CERTIFICATE-----',
    'https://example.com:8443/path@x',
    '2026-03-01T12:00:00Z reading config.yaml',
  ])('finds nothing in %s', (text) => {
    expect(shapesIn(text)).toEqual({});
  });

  it('counts the same wherever pieces end, with and without lines', () => {
    const lines = `${'some words of a log\n'.repeat(5000)}mail a.b@example.com\n`.repeat(3);
    const long = `${'x'.repeat(100_000)} a.b@example.com ${'y '.repeat(60_000)} c@example.org `.repeat(2);

    for (const piece of [700, 65_536, 1_000_000]) {
      expect(shapesIn(lines, piece)).toEqual({ 'e-mail': 3 });
      expect(shapesIn(long, piece)).toEqual({ 'e-mail': 4 });
    }
  });
});
