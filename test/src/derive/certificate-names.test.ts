import { describe, expect, it } from 'vitest';
import { coversHost, hasOnlyCommonName, shownNames } from '../../../src/derive/certificate-names.ts';

const names = [
  'DNS:web.example',
  'DNS:*.shop.example',
  'IP Address:192.0.2.1',
  'IP Address:2001:DB8:0:0:0:0:0:1',
];

describe('the names of a certificate', () => {
  it.each([
    ['web.example', true],
    ['WEB.example.', true],
    ['a.web.example', false],
    ['a.shop.example', true],
    ['shop.example', false],
    ['a.b.shop.example', false],
    ['*.shop.example', true],
    ['192.0.2.1', true],
    ['192.0.2.11', false],
    ['2001:db8::1', true],
    ['[2001:db8::1]', true],
    ['2001:db8::2', false],
    ['', false],
  ])('%s: %s', (host, expected) => {
    expect(coversHost({ names }, host)).toBe(expected);
  });

  it('of the DNS kind do not cover an address, nor the other way round', () => {
    expect(coversHost({ names: ['DNS:192.0.2.1'] }, '192.0.2.1')).toBe(false);
    expect(coversHost({ names: ['IP Address:192.0.2.1'] }, 'web.example')).toBe(false);
  });

  it('do not include the common name', () => {
    expect(hasOnlyCommonName({ names: [], subject: 'CN=web.example, O=shop' })).toBe(true);
    expect(hasOnlyCommonName({ names, subject: 'CN=web.example' })).toBe(false);
  });

  it('are shown without their kind, and not without end', () => {
    expect(shownNames({ names }, 2)).toBe('web.example, *.shop.example and 2 more');
    expect(shownNames({ names: [] })).toBe('no name');
  });
});
