import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'sec1',
  format: 'pem',
}) as string;

/** Pieces that begin, end or look like secrets; put together at random they meet in ways nobody wrote down. */
const PIECES: readonly string[] = [
  ...[
    'password',
    'token',
    'secret',
    'api_key',
    'PGPASSWORD',
    'name: DB_PASS',
    '  value: ',
    'authorization',
    'Cookie',
  ],
  ...[
    '=',
    ': ',
    ':',
    '":"',
    '" : "',
    '\\":\\"',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\n  ',
    ',',
    ';',
    '&',
    '"',
    "'",
    '\\',
    '|',
    ': |\n',
  ],
  ...[
    'hunter2',
    'abc',
    'x y',
    'failed',
    'true',
    '$(VAR)',
    '/var/run/x',
    'a/b',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '#',
    '-',
    '--',
  ],
  ...[
    'https://',
    'u:p@',
    'bob',
    '@host',
    '/path',
    '@',
    'redis://:',
    'sha256:',
    '?token=',
    'Bearer ',
    'Basic ',
    'dXNlcjpwYXNz',
  ],
  ...[
    'eyJhbGciOiJub25l',
    '.eyJzdWIiOiIx',
    '.sig',
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_0123456789abcdefghij',
    '[REDACTED:jwt]',
    '[REDACTED:',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'A'.repeat(64),
    PEM,
    JSON.stringify(PEM),
    '2026-01-15T10:00:00Z ',
  ],
  ...[
    '<password>',
    '</password>',
    '"name":"API_KEY","value":"',
    'mysql -p',
    '\xff',
    '\x80',
    'é',
    'requirepass ',
  ],
];

/** Texts made of such pieces. */
export const textSoup: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 24 })
  .map((pieces) => pieces.join(''));
