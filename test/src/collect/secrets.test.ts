import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { collectors } from '../../../collectors/index.ts';
import { certificatePem } from '../../../src/artifacts/certificates.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const KEY_BODY = KEY.split('\n')[1]!;
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const JWT = [
  'eyJhbGciOiJSUzI1NiJ9',
  'eyJzdWIiOiJjYW5hcnktand0LXN1YmplY3QifQ',
  'c2lnbmF0dXJlLWNhbmFyeS1qd3Q',
].join('.');

/** Each may stand nowhere in the bundle, neither plain nor in base64. */
const CANARIES = [
  'canary-secret-data',
  'canary-env-password',
  'canary-argument',
  'canary-url-password',
  'canary-bearer-0123456789',
  'canary-kong-token',
  'canary-pg-password',
  'canary-reason-password',
  'c2lnbmF0dXJlLWNhbmFyeS1qd3Q',
  KEY_BODY,
];

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'shop', name: 'login' },
    type: 'Opaque',
    data: { password: base64('canary-secret-data') },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'shop', name: 'tls' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(PEM), 'tls.key': base64(KEY) },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'shop', name: 'settings' },
    data: { 'app.conf': `url=postgres://app:canary-url-password@db/app\n${KEY}` },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name: 'web' },
    spec: {
      nodeName: 'n1',
      containers: [
        {
          name: 'app',
          image: 'kong:3.6.1',
          env: [
            { name: 'DB_PASSWORD', value: 'canary-env-password' },
            { name: 'KONG_ROLE', value: 'control_plane' },
          ],
          args: ['--password=canary-argument'],
        },
      ],
    },
    status: { containerStatuses: [{ name: 'app', restartCount: 0, state: { running: {} } }] },
  },
];

it('no secret of the cluster or of the collector reaches the bytes of a bundle', async () => {
  const kube = fakeKube({
    objects: OBJECTS,
    logs: {
      'shop/web/app': [
        `2026-03-01T12:00:00Z Authorization: Bearer canary-bearer-0123456789`,
        `2026-03-01T12:00:01Z token ${JWT}`,
        `2026-03-01T12:00:02Z connecting to postgres://app:canary-url-password@db/app`,
        KEY,
      ].join('\n'),
    },
    podReplies: {
      'shop/web:8001/': JSON.stringify({
        configuration: { role: 'control_plane', pg_x: 'canary-pg-password' },
      }),
      'shop/web:8001/clustering/status': '{}',
    },
    credentials: { clientCertificate: `${PEM}${KEY}` },
    failures: { '/metrics': new KubeError('other', 'https://u:canary-reason-password@proxy.test failed') },
  });

  const bundle = await collectBundle(kube, collectors, {
    redaction: builtInRedaction(),
    options: { kongAdminToken: 'canary-kong-token' },
  });

  const everything = [...bundle.entries].map(([path, text]) => `${path}\n${text}`).join('\n');
  for (const canary of CANARIES) {
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain(base64(canary).replace(/=+$/, ''));
  }
  expect(everything).not.toContain('PRIVATE KEY-----\nM');
  expect(bundle.json('resources/core/secrets/shop.json')).toMatchObject({
    items: [{ metadata: { name: 'login' } }, { metadata: { name: 'tls' }, type: 'kubernetes.io/tls' }],
  });
  expect(bundle.json('documents/certificates/_object/Kubeconfig/test.json')).toMatchObject({
    certificates: [{ pem: certificatePem(PEM) }],
  });
  expect(bundle.entries.get('logs/shop/web/app.log')).toContain('connecting to postgres://');
});

it('an entry whose redaction fails is dropped, named in the record, and stops no other', async () => {
  const redaction = builtInRedaction();
  const failing = {
    ...redaction,
    item: (object: Readonly<Record<string, unknown>>, text: string) => {
      if (object.kind === 'ConfigMap') throw new Error('canary-in-error');
      return redaction.item(object, text);
    },
  };

  const bundle = await collectBundle(fakeKube({ objects: OBJECTS }), collectors, { redaction: failing });

  expect(bundle.row('resources:core/ConfigMap', 'namespace/shop')).toMatchObject({ outcome: 'error' });
  expect(bundle.row('resources:core/ConfigMap')).toMatchObject({ outcome: 'partial' });
  expect(bundle.entries.has('resources/core/configmaps/shop.json')).toBe(false);
  expect(bundle.entries.has('resources/core/secrets/shop.json')).toBe(true);
  expect([...bundle.entries.values()].join('\n')).not.toContain('canary-in-error');
});
