import { expect, it } from 'vitest';
import { createObfuscationScan } from '../../../src/bundle/obfuscation-scan.ts';
import { createObfuscation, OBFUSCATED } from '../../../src/redact/obfuscate.ts';

function search() {
  const made = createObfuscation(Buffer.alloc(32, 1), new Set(OBFUSCATED));
  made.learnHost('worker-1');
  made.learnNamespace('tulip');
  made.learnNamespace('x1');
  made.hide('10.1.2.3 fd00:1:2::5 3.120.4.5:443');
  return createObfuscationScan(made);
}

/** Base64 in lines of 64 characters. */
function lines(text: string): string {
  return (
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n');
}

it.each([
  ['tulip', 'hostname-or-namespace'],
  ['a/tulip.svc', 'hostname-or-namespace'],
  ['"line\\ntulip"', 'hostname-or-namespace'],
  ['etcd-worker-1', 'hostname-or-namespace'],
  ['in x1.', 'hostname-or-namespace'],
  ['at 10.1.2.3:80', 'address'],
  ['[fd00:1:2::5]:80', 'address'],
  [lines(`${'-'.repeat(40)} worker-1 ${'-'.repeat(40)}`), 'hostname-or-namespace in base64'],
  [lines(`${'-'.repeat(44)}worker-1${'-'.repeat(44)}`), 'hostname-or-namespace in base64'],
  [
    `"BEGIN\n${lines(`${'-'.repeat(44)}10.1.2.3${'-'.repeat(44)}`)}\nEND"`.replaceAll('\n', '\\n'),
    'address in base64',
  ],
])('finds what is left in %j', (text, rule) => expect(search()(text)).toBe(rule));

it.each([
  'tulips, mytulip, worker-12, worker',
  '10.1.2.34, 110.1.2.3, 10.1.2.3.4, v10.1.2.3',
  'kong 3.120.4.5',
  lines(`${'-'.repeat(40)} x1 ${'-'.repeat(40)}`),
])('finds nothing in %j', (text) => expect(search()(text)).toBeUndefined());

it('does not take for a leak what stands for another', () => {
  const made = createObfuscation(Buffer.alloc(32, 1), new Set(OBFUSCATED));
  const stands = made.hide('10.1.2.3').text;
  made.hide(stands);
  expect(createObfuscationScan(made)(`at ${stands}`)).toBeUndefined();
  expect(createObfuscationScan(made)('at 10.1.2.3')).toBe('address');
});
