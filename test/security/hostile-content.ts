import { TAR_END } from '../src/bundle/tar-bytes.ts';
import type { HostileTar } from './hostile-headers.ts';
import { between, podJson, rawEntry } from './hostile-tar.ts';

const MIB = 1024 * 1024;
/** What an object begins with, up to a field of its own. */
const HEAD = '{"apiVersion":"v1","kind":"Pod","x":';
const ALL = ['after', 'before', 'trick'];

function file(name: string, body: string | Buffer): Buffer {
  return between(rawEntry({ name }, body));
}

/** A pod with something where labels and annotations are expected, and a sound pod behind it. */
function withPod(change: string): string {
  return `{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"odd","namespace":"shop"},${change}},${podJson('trick')}]}`;
}

/** A log as a support bundle of troubleshoot has it: only a known layout says whose log it is. */
function log(body: string | Buffer): Buffer {
  const version =
    'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.120.0\n';
  return Buffer.concat([
    rawEntry({ name: 'bundle/version.yaml' }, version),
    rawEntry({ name: 'bundle/cluster-resources/pods/shop.json' }, podJson('before')),
    rawEntry({ name: 'bundle/cluster-resources/pods/logs/shop/before/app.log' }, body),
    TAR_END,
  ]);
}

/** Tricks with what files hold. */
export const CONTENT: Readonly<Record<string, HostileTar>> = {
  'JSON nested a million levels deep': {
    tar: () => file('trick.json', `${HEAD}${'['.repeat(MIB)}${']'.repeat(MIB)}}`),
    outcome: /whole|incomplete/,
  },
  'an object nested a million levels deep': {
    tar: () => file('trick.json', withPod(`"spec":${'{"a":'.repeat(MIB)}1${'}'.repeat(MIB)}`)),
    outcome: /incomplete: .*(deeper|more than|above)/,
    pods: ALL,
  },
  'an object nested below the size that is looked at': {
    tar: () => file('trick.json', withPod(`"spec":${'['.repeat(4000)}${']'.repeat(4000)}`)),
    outcome: /whole/,
    pods: ALL,
  },
  'JSON that never closes': {
    tar: () => file('trick.json', HEAD + '{"a":'.repeat(MIB)),
    outcome: /whole|incomplete/,
  },
  'JSON of a million empty lists': {
    tar: () => file('trick.json', withPod(`"spec":[${'[],'.repeat(2 * MIB)}[]]`)),
    outcome: /incomplete: .*(deeper|more than|above)/,
    pods: ALL,
  },
  'an object above its size': {
    tar: () => file('trick.json', withPod(`"spec":"${'x'.repeat(9 * MIB)}"`)),
    outcome: /incomplete: .*(deeper|more than|above)/,
    pods: ALL,
  },
  'a string that never ends': {
    tar: () => file('trick.json', `${HEAD}"${'\\'.repeat(4 * MIB)}`),
    outcome: /whole|incomplete/,
  },
  'keys of the prototype': {
    tar: () =>
      file(
        'trick.json',
        withPod('"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1'),
      ),
    outcome: /whole/,
    pods: [...ALL, 'odd'],
  },
  'one key a million times': {
    tar: () => file('trick.json', withPod(`"spec":{${'"a":1,'.repeat(MIB)}"a":2}`)),
    outcome: /whole/,
    pods: [...ALL, 'odd'],
  },
  'a hundred thousand different keys': {
    tar: () =>
      file(
        'trick.json',
        withPod(`"spec":{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":${at}`).join()}}`),
      ),
    outcome: /whole/,
    pods: [...ALL, 'odd'],
  },
  'numbers no computer holds': {
    tar: () => file('trick.json', withPod(`"spec":{"replicas":1e999999,"a":-0,"b":${'9'.repeat(100_000)}}`)),
    outcome: /whole/,
    pods: [...ALL, 'odd'],
  },
  'bytes that are no UTF-8': {
    tar: () =>
      file(
        'trick.json',
        Buffer.concat([Buffer.from('{"kind":"Pod","x":"'), Buffer.alloc(5000, 0xff), Buffer.from('"}')]),
      ),
    outcome: /whole|incomplete/,
  },
  'a file of NULs': { tar: () => file('trick.json', Buffer.alloc(4 * MIB)), outcome: /whole|incomplete/ },
  'an unpaired surrogate in a name': {
    tar: () => file('trick.json', podJson('x').replace('"x"', '"\\ud800"')),
    outcome: /whole/,
    pods: ALL,
  },
  'YAML aliases that stand for gigabytes': {
    tar: () => {
      const levels = Array.from(
        { length: 30 },
        (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}*l${at}]`,
      );
      return file('trick.yaml', `kind: Pod\napiVersion: v1\nl0: &l0 [x]\n${levels.join('\n')}\n`);
    },
    outcome: /whole|incomplete/,
  },
  'YAML that refers to itself': {
    tar: () => file('trick.yaml', 'kind: Pod\napiVersion: v1\nmetadata: &a\n  b: *a\n'),
    outcome: /whole|incomplete/,
  },
  'YAML tags of other languages': {
    tar: () =>
      file(
        'trick.yaml',
        'kind: Pod\napiVersion: v1\nx: !!js/function "function () { throw 1 }"\ny: !!python/object/apply:os.system ["id"]\n',
      ),
    outcome: /whole|incomplete/,
  },
  'YAML nested a hundred thousand levels deep': {
    tar: () =>
      file('trick.yaml', `kind: Pod\napiVersion: v1\nx: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`),
    outcome: /whole|incomplete/,
  },
  'YAML above its size': {
    tar: () => file('trick.yaml', `kind: Pod\napiVersion: v1\nx: "${'x'.repeat(9 * MIB)}"\n`),
    outcome: /whole|incomplete/,
  },
  'YAML of a hundred thousand lists': {
    tar: () => file('trick.yaml', '---\nkind: List\nitems: []\n'.repeat(40_000)),
    outcome: /whole/,
  },
  'YAML merge keys upon each other': {
    tar: () => file('trick.yaml', `kind: Pod\napiVersion: v1\na: &a {x: 1}\n${'b: {<<: *a}\n'.repeat(100)}`),
    outcome: /whole|incomplete/,
  },
  'a log line of 32 MiB': {
    tar: () => log(Buffer.alloc(32 * MIB, 'panic: runtime error: ')),
    outcome: /whole/,
  },
  'a log of lines made for expressions': {
    tar: () => log(`${'lookup '.repeat(9000)}\n${'dial tcp: '.repeat(6000)}\n`.repeat(40)),
    outcome: /whole/,
  },
  'a log of a million empty lines': { tar: () => log('\n'.repeat(MIB)), outcome: /whole/ },
  'a log of escape sequences': {
    tar: () => log('\x1b[2J\x1b]52;c;cm0gLXJm\x07panic: runtime error\u202e\n'.repeat(1000)),
    outcome: /whole/,
  },
};
