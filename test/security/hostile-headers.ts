import { between, pax, paxBody, podJson, rawEntry, rawHeader } from './hostile-tar.ts';

/** One hostile archive: its tar, and what an analysis has to say of it. */
export interface HostileTar {
  readonly tar: () => Buffer;
  readonly outcome: RegExp;
  /** Names of the pods that must have been read; default: those before and after the trick. */
  readonly pods?: readonly string[];
}

const POD = podJson('trick');
const BOTH = ['after', 'before'];

function gnu(type: string, text: string): Buffer {
  return rawEntry({ name: '././@LongLink', type, magic: 'ustar  \0' }, text);
}

/** The base-256 form of a size: the first byte carries the sign. */
function binarySize(...bytes: number[]): Buffer {
  return Buffer.from([...bytes, ...new Array(12 - bytes.length).fill(0)]);
}

/** Tricks with sizes, types and extensions of headers. */
export const HEADERS: Readonly<Record<string, HostileTar>> = {
  'a negative size in base 256': {
    tar: () => between(rawHeader({ size: Buffer.alloc(12, 0xff) })),
    outcome: /whole|incomplete/,
    pods: ['before'],
  },
  'a size of 2^88 in base 256': {
    tar: () => between(rawHeader({ size: binarySize(0x81) })),
    outcome: /incomplete/,
    pods: ['before'],
  },
  'a size beyond what a number holds exactly': {
    tar: () =>
      between(rawHeader({ size: binarySize(0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) })),
    outcome: /incomplete/,
    pods: ['before'],
  },
  'a size with a minus sign': {
    tar: () => between(rawHeader({ size: '-0000000001\0' })),
    outcome: /incomplete|whole/,
  },
  'a size that is no number': {
    tar: () => between(rawHeader({ size: 'all of it!!\0' })),
    outcome: /incomplete|whole/,
  },
  'a size larger than the archive': {
    tar: () => between(rawHeader({ size: 8_000_000_000 })),
    outcome: /incomplete: .*ends/,
    pods: ['before'],
  },
  'a size above the limit of one entry': {
    tar: () => between(rawHeader({ size: binarySize(0x80, 0, 0, 0, 0, 0, 0, 0x20) })),
    outcome: /incomplete: /,
    pods: ['before'],
  },
  'a size smaller than the body': {
    tar: () => between(rawEntry({ size: 10 }, `${POD}${' '.repeat(2000)}`)),
    outcome: /incomplete: /,
    pods: ['before'],
  },
  'a wrong checksum': {
    tar: () => between(rawEntry({ checksumError: 7 }, POD)),
    outcome: /incomplete: /,
    pods: ['before'],
  },
  'a pax size that lies upwards': {
    tar: () => between(pax({ size: '99999999999' }), rawEntry({}, POD)),
    outcome: /incomplete: /,
    pods: ['before'],
  },
  'a pax size below zero': {
    tar: () => between(pax({ size: '-5' }), rawEntry({}, POD)),
    outcome: /incomplete|whole/,
    pods: ['before'],
  },
  'a pax size of NaN': {
    tar: () => between(pax({ size: 'NaN' }), rawEntry({}, POD)),
    outcome: /.*/,
    pods: ['before'],
  },
  'pax records of a wrong length': {
    tar: () => between(rawEntry({ name: 'p', type: 'x' }, '9999 path=../../x\n3 a\n'), rawEntry({}, POD)),
    outcome: /whole|incomplete/,
  },
  'a pax header of half a megabyte': {
    tar: () => between(pax({ comment: 'x'.repeat(500_000) }), rawEntry({}, POD)),
    outcome: /whole/,
    pods: [...BOTH, 'trick'],
  },
  'a pax header of eight megabytes': {
    tar: () => between(pax({ comment: 'x'.repeat(8_000_000) }), rawEntry({}, POD)),
    outcome: /.*/,
    pods: ['before'],
  },
  'a pax header that names another path': {
    tar: () => between(pax({ path: '../../../etc/cron.d/x' }), rawEntry({}, POD)),
    outcome: /incomplete: .*leads out/,
  },
  'a thousand pax headers in a row': {
    tar: () =>
      between(...Array.from({ length: 1000 }, () => pax({ path: 'a'.repeat(200) })), rawEntry({}, POD)),
    outcome: /whole/,
    pods: BOTH,
  },
  'a global pax header with a path': {
    tar: () => between(pax({ path: '/etc/passwd' }, 'g'), rawEntry({}, POD)),
    outcome: /whole|incomplete/,
    pods: ['before'],
  },
  'pax fields named like parts of JavaScript': {
    tar: () => between(pax({ __proto__x: '1', constructor: 'x', ['__proto__']: 'x' }), rawEntry({}, POD)),
    outcome: /whole/,
    pods: [...BOTH, 'trick'],
  },
  'a pax header for nothing at the end': {
    tar: () => Buffer.concat([rawEntry({ name: 'before.json' }, podJson('before')), pax({ path: 'x' })]),
    outcome: /incomplete: .*ends/,
    pods: ['before'],
  },
  'a GNU long name that leads upwards': {
    tar: () => between(gnu('L', '../../../../home/mia/.ssh/authorized_keys\0'), rawEntry({}, POD)),
    outcome: /incomplete: .*leads out/,
  },
  'a GNU long name without an end': {
    tar: () => between(gnu('L', 'x'.repeat(5000)), rawEntry({}, POD)),
    outcome: /incomplete: .*longer than 4096/,
  },
  'GNU long names in a chain': {
    tar: () => between(gnu('L', 'one\0'), gnu('L', 'two\0'), gnu('K', 'three\0'), rawEntry({}, POD)),
    outcome: /whole/,
    pods: BOTH,
  },
  'GNU sparse of the old form': {
    tar: () => between(rawEntry({ name: 'sparse.json', type: 'S', magic: 'ustar  \0' }, POD)),
    outcome: /whole|incomplete/,
  },
  'pax sparse that claims a terabyte': {
    tar: () =>
      between(
        pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '1099511627776' }),
        rawEntry({}, `1\n0\n1099511627776\n${POD}`),
      ),
    outcome: /whole|incomplete/,
  },
  'a file of unknown type': { tar: () => between(rawEntry({ type: 'Z' }, POD)), outcome: /whole|incomplete/ },
  'a header of zeros inside': {
    tar: () => between(Buffer.alloc(512), rawEntry({}, POD)),
    outcome: /whole|incomplete/,
    pods: ['before'],
  },
  'a second archive behind the end': {
    tar: () => Buffer.concat([between(), between(rawEntry({}, POD))]),
    outcome: /whole/,
  },
  'a body cut in the middle of a block': {
    tar: () =>
      Buffer.concat([
        rawEntry({ name: 'before.json' }, podJson('before')),
        rawEntry({}, POD).subarray(0, 700),
      ]),
    outcome: /incomplete: .*ends/,
    pods: ['before'],
  },
  'an old header without magic': {
    tar: () => between(rawEntry({ magic: '\0\0\0\0\0\0\0\0' }, POD)),
    outcome: /whole/,
    pods: [...BOTH, 'trick'],
  },
  'pax records with a NUL in the path': {
    tar: () => between(rawEntry({ name: 'p', type: 'x' }, paxBody({ path: 'a\0b.json' })), rawEntry({}, POD)),
    outcome: /incomplete: .*NUL|whole/,
  },
};
