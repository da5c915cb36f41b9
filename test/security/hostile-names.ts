import { gzipSync } from 'node:zlib';
import type { HostileTar } from './hostile-headers.ts';
import { between, pax, podJson, rawEntry, rawHeader } from './hostile-tar.ts';

const POD = podJson('trick');
const ALL = ['after', 'before', 'trick'];

function named(name: string | Buffer): Buffer {
  return rawEntry({ name }, POD);
}

function link(name: string, target: string, type = '2'): Buffer {
  return rawHeader({ name, type, link: target });
}

/** Tricks with names, links and things that are no files. */
export const NAMES: Readonly<Record<string, HostileTar>> = {
  'an absolute path': { tar: () => between(named('/etc/cron.d/trick.json')), outcome: /whole/, pods: ALL },
  'a path that leads upwards': {
    tar: () => between(named('../../../../tmp/trick.json')),
    outcome: /incomplete: .*leads out/,
  },
  'a path that leads upwards from inside': {
    tar: () => between(named('a/b/../../../trick.json')),
    outcome: /incomplete: .*leads out/,
  },
  'a path with backslashes': { tar: () => between(named('..\\..\\trick.json')), outcome: /whole/, pods: ALL },
  'a drive of Windows': { tar: () => between(named('C:\\Windows\\trick.json')), outcome: /whole/, pods: ALL },
  'devices of Windows': {
    tar: () => between(named('CON'), named('aux.json'), named('LPT1.json'), named('trick.json. . ')),
    outcome: /whole/,
  },
  'names that differ in case only': {
    tar: () => between(named('Trick.json'), rawEntry({ name: 'trick.json' }, podJson('trick-2'))),
    outcome: /whole/,
    pods: [...ALL, 'trick-2'],
  },
  'one name twice': {
    tar: () => between(named('trick.json'), rawEntry({ name: 'trick.json' }, podJson('second'))),
    outcome: /incomplete: .*twice/,
    pods: ALL,
  },
  'one name twice, written in two ways': {
    tar: () => between(named('a/trick.json'), rawEntry({ name: './a//./trick.json' }, podJson('second'))),
    outcome: /incomplete: .*twice/,
    pods: ALL,
  },
  'a name of bytes that are no UTF-8': {
    tar: () => between(named(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x2e, 0x6a, 0x73, 0x6f, 0x6e]))),
    outcome: /whole/,
    pods: ALL,
  },
  'a name with escape sequences': {
    tar: () => between(named('\x1b[2J\x1b]0;owned\x07.json')),
    outcome: /whole/,
    pods: ALL,
  },
  'a name of spaces': { tar: () => between(named('   .json')), outcome: /whole/, pods: ALL },
  'an empty name': { tar: () => between(named('')), outcome: /whole|incomplete/ },
  'a name of dots': { tar: () => between(named('./.')), outcome: /whole|incomplete/ },
  'a name that is JavaScript': {
    tar: () => between(named('__proto__/constructor.json')),
    outcome: /whole/,
    pods: ALL,
  },
  'a path of 5000 bytes': {
    tar: () => between(pax({ path: `${'x'.repeat(4990)}.json` }), named('x')),
    outcome: /incomplete: .*longer than 4096/,
  },
  'a path of 400 folders': {
    tar: () => between(pax({ path: `${'a/'.repeat(400)}x.json` }), named('x')),
    outcome: /incomplete: .*deeper than 64/,
  },
  'a symbolic link to a file of the machine': {
    tar: () => between(link('trick.json', '/etc/passwd')),
    outcome: /whole/,
  },
  'a symbolic link out of the archive': {
    tar: () => between(link('a', '../../../..'), named('a/trick.json')),
    outcome: /whole/,
    pods: ALL,
  },
  'a chain of symbolic links': {
    tar: () =>
      between(
        ...Array.from({ length: 200 }, (_, at) => link(`l${at}`, `l${at + 1}`)),
        named('l200/trick.json'),
      ),
    outcome: /whole/,
    pods: ALL,
  },
  'symbolic links in a circle': {
    tar: () => between(link('a', 'b'), link('b', 'a'), link('c', 'c')),
    outcome: /whole/,
  },
  'a hard link to a file of the machine': {
    tar: () => between(link('trick.json', '/etc/shadow', '1')),
    outcome: /whole/,
  },
  'a chain of hard links with bodies': {
    tar: () =>
      between(
        ...Array.from({ length: 50 }, (_, at) => link(`h${at}`, at === 0 ? '../x' : `h${at - 1}`, '1')),
      ),
    outcome: /whole/,
  },
  'devices, pipes and sockets': {
    tar: () => between(...['3', '4', '6', '7'].map((type) => rawHeader({ name: `dev${type}`, type }))),
    outcome: /whole/,
  },
  'a folder with the name of a file': {
    tar: () => between(rawHeader({ name: 'trick.json/', type: '5' }), named('trick.json')),
    outcome: /whole/,
    pods: ALL,
  },
  'an archive inside the archive': {
    tar: () => between(rawEntry({ name: 'inner.tar.gz' }, gzipSync(between(named('trick.json'))))),
    outcome: /whole/,
  },
};
