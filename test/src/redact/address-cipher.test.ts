import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressText, createAddressCipher, parseIp4, parseIp6 } from '../../../src/redact/address-cipher.ts';

const cipher = createAddressCipher(Buffer.alloc(32, 3));
const hide = (text: string, bits?: number) =>
  addressText(cipher.hide(parseIp4(text) ?? parseIp6(text) ?? [], bits));

/** Leading bits two addresses share. */
function shared(a: readonly number[], b: readonly number[]): number {
  const bits = (one: readonly number[]) => one.map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const [x, y] = [bits(a), bits(b)];
  const at = [...x].findIndex((bit, index) => bit !== y[index]);
  return at === -1 ? x.length : at;
}

const octet = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(fc.constantFrom(10, 11, 172, 192, 93), octet, octet, octet);

describe('createAddressCipher', () => {
  it('keeps how many bits two addresses share', () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        expect(shared(cipher.hide(a), cipher.hide(b))).toBe(shared(a, b));
      }),
    );
  });

  it('keeps how many bits two addresses of version 6 share', () => {
    const six = fc.array(octet, { minLength: 14, maxLength: 14 }).map((rest) => [0xfd, 0, ...rest]);
    fc.assert(
      fc.property(six, six, (a, b) => {
        expect(shared(cipher.hide(a), cipher.hide(b))).toBe(shared(a, b));
      }),
    );
  });

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'ff02::1',
  ])('leaves %s, which is the same everywhere', (text) => expect(hide(text)).toBe(text));

  it.each([
    ['10.1.2.3', /^10\./],
    ['192.168.7.9', /^192\.168\./],
    ['172.18.0.2', /^172\.18\./],
    ['100.64.1.2', /^100\.64\./],
    ['93.184.216.34', /^93\./],
    ['fd00:1:2::5', /^fd00:/],
  ])('keeps the kind of %s', (text, words) => {
    expect(hide(text)).toMatch(words);
    expect(hide(text)).not.toBe(text);
  });

  it('leaves the bits behind a network', () => {
    expect(hide('10.244.0.0', 16)).toMatch(/^10\.\d+\.0\.0$/);
    expect(hide('10.244.7.9').split('.')[1]).toBe(hide('10.244.0.0', 16).split('.')[1]);
    const [, second] = hide('10.96.0.0', 12).split('.');
    expect(Number(second) % 16).toBe(0);
  });

  it('depends on the key', () => {
    const other = createAddressCipher(Buffer.alloc(32, 4));
    expect(other.hide([10, 1, 2, 3])).not.toEqual(cipher.hide([10, 1, 2, 3]));
  });
});

describe('parseIp6 and addressText', () => {
  it.each([
    'fd00::1',
    '2001:db8::',
    '2001:db8:0:1::5',
    '1:2:3:4:5:6:7:8',
    '::',
    '2001:0:0:1::2',
    '::1',
    '10::',
  ])('read and print %s', (text) => expect(addressText(parseIp6(text) ?? [])).toBe(text));

  it.each([
    '12:34:56',
    'aa:bb:cc:dd:ee:ff',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
  ])('refuse %s', (text) => expect(parseIp6(text)).toBeUndefined());
});
