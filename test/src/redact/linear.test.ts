import { describe, expect, it } from 'vitest';
import { BUILT_IN_DETECTORS } from '../../../src/redact/policy.ts';
import { redactText } from '../../../src/redact/text.ts';

/** Texts that repeat what patterns begin with, so that every position is the start of a failed match. */
const HOSTILE: readonly string[] = [
  ...[
    'password',
    'password=',
    'password:',
    'password="',
    "password='",
    'token: ',
    'secret=vault:',
    '"token":["',
    '<password>',
  ],
  ...[
    'a',
    ' ',
    '\\',
    '"',
    "'",
    '-',
    '--',
    '--token ',
    '-p ',
    '=',
    ':',
    '/',
    '://',
    'a://b:',
    'http://a:b/',
    'x://u:p@@',
    ':@',
    '@',
    'a:b:',
    'a.',
  ],
  ...[
    'eyJ',
    'eyJa.',
    'eyJhbGciOiJ',
    'AKIA',
    'ghp_',
    'Bearer ',
    'Basic a',
    'Basic ',
    'Authorization: Digest ',
    'Cookie: a=',
    'Cookie: ',
    'sig=',
  ],
  ...[
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN A PRIVATE',
    '-----END PRIVATE KEY-----',
    'AAAA-----END PRIVATE KEY-----',
    '-----END PRIVATE KEY\n',
    `${'Ab0/'.repeat(16)}\n`,
    `${'Ab0/'.repeat(16)}\\n`,
    `${'Ab0/'.repeat(16)}\nAb\n`,
    'LS0tLS1CRUdJTi',
    'name: ',
    '"name":"',
    'Name:a Value:',
    '<name>a</name><value>',
  ],
  ...[
    'mysql ',
    'mysql -',
    'redis-cli -a',
    'ldapsearch -w',
    'curl -u a',
    'hooks.slack.com/services/',
    'arn:',
    'arn:x:token:',
    'a/token:',
    'api key',
    '[REDACTED:',
    '[REDACTED:jwt]',
  ],
  ...[
    '\\"token\\":\\"',
    '\\\\"',
    'pass=',
    'a=b,',
    ',;&',
    'license={',
    'auth=a:',
    '-pass pass:',
    '{{ ',
    '${',
    '#password: |',
    '()',
    '[{"',
    'x@tcp(',
  ],
];

/** Processor time, which other programs on the machine do not lengthen. */
function milliseconds(run: () => void): number {
  const begun = process.cpuUsage();
  run();
  return process.cpuUsage(begun).user / 1000;
}

/** The least of several runs: what the work costs when nothing else disturbs it. */
function cost(text: string): number {
  return Math.min(...Array.from({ length: 3 }, () => milliseconds(() => redactText(text))));
}

const BASE = 12_800;
const FACTOR = 8;
/** Linear work costs 8 times as much, quadratic work 64 times; between them there is room for noise. */
const LIMIT = 32;

/** How many times as much a text costs that is eight times as long; the least of some attempts. */
function growth(piece: string): number {
  const short = piece.repeat(Math.ceil(BASE / piece.length));
  const long = piece.repeat(Math.ceil((BASE * FACTOR) / piece.length));
  let least = Number.POSITIVE_INFINITY;
  // Below a millisecond a clock says nothing.
  for (let attempt = 0; attempt < 4 && least >= LIMIT; attempt++) {
    least = Math.min(least, cost(long) / Math.max(cost(short), 1));
  }
  return least;
}

describe('hostile lines', () => {
  for (const piece of HOSTILE) {
    it(`cost in proportion to their length: ${JSON.stringify(piece)}`, () => {
      expect(growth(piece)).toBeLessThan(LIMIT);
    });
  }
});

describe('triggers', () => {
  it('are long enough for the prefilter, or single characters', () => {
    for (const { triggers } of BUILT_IN_DETECTORS) {
      expect(triggers.length).toBeGreaterThan(0);
      for (const trigger of triggers) expect(trigger.length === 1 || trigger.length >= 4, trigger).toBe(true);
    }
  });
});
