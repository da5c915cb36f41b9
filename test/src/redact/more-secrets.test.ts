import { describe, expect, it } from 'vitest';
import { redactItem } from '../../../src/redact/document.ts';
import { redactText } from '../../../src/redact/text.ts';

/** What a line looks like, what of it must be gone, and what must still be there. */
const SECRETS: Readonly<Record<string, readonly [line: string, gone: string, kept: string]>> = {
  'access token of no known form': ['GITHUB_PAT=q7Zr4Wk2Lm9x', 'q7Zr4', 'GITHUB_PAT='],
  'one-time password': ['otp=493817', '493817', 'otp='],
  'one-time password in JSON': ['{"otp":"493817"}', '493817', '"otp"'],
  'seed of one-time passwords': ['totp_seed=JBSWY3DPEHPK3PXP', 'JBSWY3', 'totp_seed='],
  pin: ['PIN: 493812', '493812', 'PIN'],
  'pre-shared key': ['PresharedKey = abcdefghijk=', 'abcdefg', 'PresharedKey'],
  salt: ['HASH_SALT=q7Zr4Wk2', 'q7Zr4', 'HASH_SALT='],
  'directory password': ['bindpw hunter2', 'hunter2', 'bindpw'],
  'directory hash': ['rootpw {SSHA}abcdefghijklmnopqrst', 'abcdefg', '{SSHA}'],
  'password through a pipe': ['echo q7Zr4 | docker login -u bob --password-stdin r.io', 'q7Zr4', 'r.io'],
  'password from a here string': ['docker login --password-stdin <<< q7Zr4', 'q7Zr4', '<<<'],
  'SQL user': [`CREATE USER 'bob' IDENTIFIED BY 'q7Zr4'`, 'q7Zr4', 'bob'],
  'SQL role': [`ALTER ROLE bob PASSWORD 'q7Zr4'`, 'q7Zr4', 'bob'],
  'password in prose': ['The password for admin is q7Zr4Wk2', 'q7Zr4', 'admin'],
  'bootstrap token': ['bootstrap token abcdef.0123456789abcdef used', '0123456789abcdef', 'used'],
  'certificate key': [`--certificate-key ${'0a1b'.repeat(16)} -v`, '0a1b', '-v'],
  'k3s token': [`K10${'0a'.repeat(32)}::server:q7Zr4Wk2 x`, 'q7Zr4', '::server:'],
  'password file': ['db.local:5432:app:bob:q7Zr4', 'q7Zr4', 'db.local'],
  'password hash': ['bob:$2y$10$abcdefghijklmnopqrstuv', 'abcdefg', 'bob'],
  'Entra secret': [`abc8Q~${'q7Zr'.repeat(8)}`, 'q7Zr', ''],
  'webhook of any host': ['https://chat.local/hooks/abcdefghijkmnopqrstuvwxyz3', 'abcdefg', 'chat.local'],
  'older Teams webhook': [
    'https://outlook.office.com/webhook/1111-22@a/IncomingWebhook/ab12/c',
    'ab12',
    'outlook',
  ],
  'YAML on one line': ['env: [{name: DB_PASS, value: q7Zr4}]', 'q7Zr4', 'DB_PASS'],
  'nginx variable': ['  set $api_key "q7Zr4Wk2";', 'q7Zr4', '$api_key'],
  'detached JWT': [`eyJhbGciOiJIUzI1NiJ9..${'q7Zr'.repeat(8)}`, 'q7Zr', ''],
  'web key': ['{"kty":"oct","k":"q7Zr4Wk2Lm9xq7Zr"}', 'q7Zr4', '"oct"'],
  'Helm release': [`release H4sI${'q7Zr'.repeat(12)} x`, 'q7Zr', 'release'],
};

describe('further secrets in text', () => {
  for (const [name, [line, gone, kept]] of Object.entries(SECRETS)) {
    it(`go: ${name}`, () => {
      const { text } = redactText(line);

      expect(text).not.toContain(gone);
      expect(text).toContain(kept);
      expect(text).toContain('[REDACTED:');
    });
  }
});

describe('numbers and signatures in objects', () => {
  it('go beside names of codes, and beside the payload of a licence', () => {
    const object = {
      otp: 493817,
      user_pin: 4938,
      license: { payload: { a: 1 }, signature: '0a'.repeat(40) },
    };

    const { text } = redactItem(object, JSON.stringify(object));

    expect(JSON.parse(text ?? '')).toEqual({
      otp: '[REDACTED:named-value]',
      user_pin: '[REDACTED:named-value]',
      license: { payload: { a: 1 }, signature: '[REDACTED:named-value]' },
    });
  });
});

/** What looks like a secret and is none. */
const HARMLESS: readonly string[] = [
  'USER_AGENT=Mozilla/5.0',
  'DATABASE_HOST=db.example.com',
  'TOKEN_URL=https://idp.example.com/token',
  'secretName: kong-cluster-cert',
  'path=/usr/bin pattern=*.log patch=merge',
  'pat=*.go',
  'SEARCH_PATH=/a:/b',
  'pin=true cpu-pin: enabled',
  'mapping: x spinning: y pinned: true',
  'hotplug=on option=yes adoption: 3',
  'footprint=12Mi',
  'OTP_LENGTH=6 PIN_RETRIES=3 SALT_ROUNDS=10',
  'otp=required',
  'salt: 5',
  'seed: 42 random_seed=7',
  'phrase: hello',
  'bypass=true compass: north',
  '--password-stdin r.example.com',
  'echo done | tee log',
  'echo $PASSWORD | docker login -u bob --password-stdin',
  'The password is incorrect',
  'password is required for this action',
  'the passphrase is empty',
  'AUTH failed for user bob',
  'AUTH required',
  'user identified by certificate',
  `the resource is identified by its uid`,
  'file main.0123456789abcdef.js loaded',
  'abcdef.0123456789abcdef',
  'GET /callback?code=404&state=x',
  'GET /x?code=ERR_TIMEOUT',
  'key = value',
  'key: AQ',
  'routing_key=orders service_key: app',
  '10.0.0.1:5432:open',
  'postgres:5432: connection refused',
  'host:5432:up since noon',
  '$1$ $5 $6.00',
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'uid 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
  'image kong@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'pod web-7d4b8c6f9d-5p2mk of deployment web',
  'git commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
  'etag "33a64df551425fcc55e4d42a148795d9f25f89d4"',
  'https://example.com/hooks/deploy',
  'https://example.com/integration/tests',
  'GET /webhook/status',
  'kind: ConfigMap',
  'kind: Secret',
  'data: received',
  'data:',
  'metadata: {}',
  '{"kind":"Pod","data":{"a":"b"}}',
  'Secret "web" not found',
  'mounting Secret shop/login',
  'K10 is a mountain',
  'sk-learn 1.2',
  'EAAA',
  'H4sI',
  'region=eu-west-1 zone=a',
  'signature verification failed',
  '"signature":"invalid"',
  'rocommunity',
  'unseal progress 1/3',
  'certificate-key is missing',
  'token abcdef is not valid',
  'spec.template.spec.containers[0].env[3].valueFrom.secretKeyRef.key',
  'nonce=42 hash=5f2b csum=0x12',
  'resourceVersion: "184311"',
];

describe('look-alikes', () => {
  for (const line of HARMLESS) {
    it(`stay: ${line.slice(0, 80)}`, () => {
      expect(redactText(line).text).toBe(line);
      const log = `first\n2026-01-15T10:00:00Z ${line}\nlast\n`;
      expect(redactText(log).text).toBe(log);
      const object = { kind: 'ConfigMap', data: { text: line } };
      expect(redactItem(object, JSON.stringify(object)).text).toBeUndefined();
    });
  }

  it('are many', () => {
    expect(new Set(HARMLESS).size).toBeGreaterThanOrEqual(65);
  });
});
