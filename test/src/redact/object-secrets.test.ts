import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { redactObject } from '../../../src/redact/object.ts';

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const DER = privateKey.export({ type: 'pkcs8', format: 'der' });
const JWK = privateKey.export({ format: 'jwk' });
const MATERIAL = PEM.split('\n')[1] ?? '';
const KUBECONFIG = `apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    client-key-data: ${base64(PEM)}\n    token: tok-77\n`;

/** An object, and what must not be found in it afterwards, plain or in base64. */
const OBJECTS: Readonly<Record<string, readonly [object: unknown, ...gone: string[]]>> = {
  'environment by name': [{ env: [{ name: 'KONG_PG_PASSWORD', value: 'pg-11' }] }, 'pg-11'],
  'the key of an operator of Kong': [
    {
      kind: 'KongCredentialAPIKey',
      spec: { key: 'v-kong-1', tags: ['team'], consumerRef: { name: 'shop' } },
    },
    'v-kong-1',
  ],
  'environment by name, others': [
    {
      env: [
        { name: 'API_KEY', value: 'v-1' },
        { name: 'CLIENT_SECRET', value: 'v-2' },
        { name: 'DB_PASS', value: 'v-3' },
        { name: 'PRIVATE_KEY', value: 'v-4' },
        { name: 'SESSION_KEY', value: 'v-5' },
        { name: 'KONG_LICENSE_DATA', value: '{"license":{"signature":"v-6"}}' },
        { name: 'AWS_SECRET_ACCESS_KEY', value: 'v-7' },
        { name: 'API_KEY_PROD', value: 'v-8' },
        { name: 'REDIS_AUTH_TOKEN', value: 'v-9' },
        { name: 'PGPASSWORD', value: 'v-10' },
      ],
    },
    ...['v-1', 'v-2', 'v-3', 'v-4', 'v-5', 'v-6', 'v-7', 'v-8', 'v-9', 'v-10'],
  ],
  'environment by shape': [{ env: [{ name: 'DATABASE_URL', value: 'postgres://u:pg-12@db/x' }] }, 'pg-12'],
  'environment with JSON': [{ env: [{ name: 'CONFIG', value: '{"db":{"password":"pg-13"}}' }] }, 'pg-13'],
  'probe headers': [{ httpHeaders: [{ name: 'Authorization', value: 'Basic YTpiYw==' }] }, 'YTpiYw=='],
  'arguments with equals sign': [{ args: ['--password=ar-1', '--port=80'] }, 'ar-1'],
  'arguments in two elements': [{ command: ['app', '--api-token', 'ar-2', '--v'] }, 'ar-2'],
  'arguments of a shell': [
    { command: ['sh', '-c', 'mysqladmin -uroot -par-3 ping\nexport TOKEN=ar-4'] },
    'ar-3',
    'ar-4',
  ],
  'arguments of a known program': [{ command: ['redis-cli', '-a', 'ar-5', 'ping'] }, 'ar-5'],
  'last-applied configuration': [
    {
      metadata: {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration':
            '{"spec":{"env":[{"name":"API_KEY","value":"la-1"}],"stringData":{"password":"la-2"}}}\n',
        },
      },
    },
    ...['la-1', 'la-2'],
  ],
  'last-applied configuration that is cut': [
    {
      metadata: {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{"kind":"Secret","data":{"x":"bGEtMw',
        },
      },
    },
    'bGEtMw',
  ],
  'annotation with an embedded Secret': [
    {
      metadata: { annotations: { 'tool.example.com/original': '{"kind":"Secret","data":{"a":"bGEtNA=="}}' } },
    },
    'bGEtNA',
  ],
  'annotation with packed content': [
    {
      metadata: {
        annotations: { 'objectset.rio.cattle.io/applied': base64(gzipSync('la-5 la-5 la-5 la-5')) },
      },
    },
    base64(gzipSync('la-5 la-5 la-5 la-5')),
  ],
  'annotation by name': [{ metadata: { annotations: { 'example.com/api-token': 'la-6' } } }, 'la-6'],
  'ConfigMap key by name': [{ kind: 'ConfigMap', data: { 'db.password': 'cm-1' } }, 'cm-1'],
  'ConfigMap properties': [
    { kind: 'ConfigMap', data: { 'app.properties': 'a=1\nspring.password=cm-2\nb=2' } },
    'cm-2',
  ],
  'ConfigMap YAML': [
    { kind: 'ConfigMap', data: { 'app.yaml': 'db:\n  password: cm-3 x\n  host: h\n' } },
    'cm-3',
  ],
  'ConfigMap JSON': [
    { kind: 'ConfigMap', data: { 'app.json': '{\n  "db": {"password": "cm-4"}\n}' } },
    'cm-4',
  ],
  'ConfigMap with a private key': [{ kind: 'ConfigMap', data: { bundle: `# c\n${PEM}` } }, MATERIAL],
  'ConfigMap with a kubeconfig': [
    { kind: 'ConfigMap', data: { kubeconfig: KUBECONFIG } },
    base64(PEM),
    'tok-77',
  ],
  'ConfigMap with a Secret manifest': [
    { kind: 'ConfigMap', data: { 'x.yaml': 'apiVersion: v1\ndata:\n  anything: Y20tNQ==\nkind: Secret\n' } },
    'Y20tNQ',
  ],
  'ConfigMap with a registry file': [
    { kind: 'ConfigMap', data: { 'config.json': '{"auths":{"r.io":{"auth":"dTpjbS02"}}}' } },
    'dTpjbS02',
  ],
  'ConfigMap binary text': [
    { kind: 'ConfigMap', binaryData: { x: base64('password=cm-7\n') } },
    base64('password=cm-7\n'),
    'cm-7',
  ],
  'ConfigMap key store': [
    { kind: 'ConfigMap', binaryData: { x: base64(Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0, 1, 2])) } },
    base64(Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0, 1, 2])),
  ],
  'Helm release in a ConfigMap': [
    { kind: 'ConfigMap', data: { release: base64(gzipSync('{"chart":"cm-8"}')) } },
    base64(gzipSync('{"chart":"cm-8"}')),
  ],
  'custom resource field': [
    { kind: 'Db', spec: { admin: { password: 'cr-1' }, apiKey: 'cr-2' } },
    'cr-1',
    'cr-2',
  ],
  'custom resource pair': [
    { kind: 'App', spec: { parameters: [{ name: 'db.password', value: 'cr-3' }] } },
    'cr-3',
  ],
  'custom resource value below': [{ kind: 'Db', spec: { password: { value: 'cr-4' } } }, 'cr-4'],
  'custom resource number': [{ kind: 'Db', spec: { password: 918273645 } }, '918273645'],
  'custom resource list': [{ kind: 'Db', spec: { tokens: ['cr-5', 'cr-6'] } }, 'cr-5', 'cr-6'],
  'custom resource JSON': [{ kind: 'KongPlugin', config: '{"client_secret":["cr-7"]}' }, 'cr-7'],
  'JSON Web Key': [{ spec: { jwks: { keys: [JWK] } } }, JWK.d ?? '-'],
  'key in DER': [{ spec: { material: DER.toString('base64') } }, DER.toString('base64')],
  'encoded configuration': [
    { spec: { userData: base64('#!/bin/sh\nexport DB_PASSWORD=en-1\n') } },
    'en-1',
    base64('export DB_PASSWORD=en-1'),
  ],
  'data URL': [
    { source: `data:;base64,${base64('password=en-2\nuser=x\n')}` },
    base64('password=en-2\nuser=x\n'),
  ],
  'token review': [{ kind: 'TokenReview', spec: { token: 'tr-1' } }, 'tr-1'],
  'event message': [{ kind: 'Event', message: 'probe http://u:ev-1@10.0.0.1/ failed' }, 'ev-1'],
};

function found(value: unknown, secret: string): boolean {
  const text = JSON.stringify(value);
  return text.includes(secret) || text.includes(base64(secret));
}

describe('secrets in objects', () => {
  for (const [name, [object, ...gone]] of Object.entries(OBJECTS)) {
    it(`removes: ${name}`, () => {
      const before = JSON.stringify(object);

      const { value, redactions } = redactObject(object);

      for (const secret of gone) expect(found(value, secret), secret).toBe(false);
      expect(redactions.size).toBeGreaterThan(0);
      expect(JSON.stringify(object)).toBe(before);
    });
  }

  it('keeps everything beside the secret', () => {
    const pod = {
      spec: {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'X', value: '1' },
              { name: 'DB_PASSWORD', value: 'x1' },
            ],
          },
        ],
      },
    };

    const { value, redactions } = redactObject(pod);

    expect(value).toEqual({
      spec: {
        containers: [
          {
            name: 'a',
            env: [
              { name: 'X', value: '1' },
              { name: 'DB_PASSWORD', value: '[REDACTED:env-value]' },
            ],
          },
        ],
      },
    });
    expect([...redactions]).toEqual([['env-value', 1]]);
  });

  it('keeps numbers of embedded JSON that JavaScript cannot print', () => {
    const text = '{ "id": 12345678901234567890, "password": "p" }';

    const { value } = redactObject({ data: { x: text } });

    expect(value).toEqual({
      data: { x: '{ "id": 12345678901234567890, "password": "[REDACTED:named-value]" }' },
    });
  });

  it('removes what is embedded too deep to be looked into', () => {
    let text = '{"password":"deep-1"}';
    for (let level = 0; level < 8; level++) text = JSON.stringify({ inner: text });

    const { value } = redactObject({ data: { x: text } });

    expect(JSON.stringify(value)).not.toContain('deep-1');
  });

  it('does not lose a field called __proto__', () => {
    const object = JSON.parse('{"__proto__":{"password":"p"},"a":1}') as unknown;

    expect(JSON.stringify(redactObject(object).value)).toBe(
      '{"__proto__":{"password":"[REDACTED:named-value]"},"a":1}',
    );
  });
});
