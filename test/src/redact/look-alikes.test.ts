import { describe, expect, it } from 'vitest';
import { redactObject } from '../../../src/redact/object.ts';
import { redactText } from '../../../src/redact/text.ts';
import { LOOK_ALIKES } from '../../security/look-alikes.ts';

describe('harmless lines', () => {
  it('are at least 100', () => {
    expect(new Set(LOOK_ALIKES).size).toBeGreaterThanOrEqual(100);
  });

  for (const line of LOOK_ALIKES) {
    it(`keeps: ${line.slice(0, 90)}`, () => {
      expect(redactText(line).text).toBe(line);
      expect(redactText(`{"a":1}\n2026-01-15T10:00:00Z ${line}\n`).text).toContain(line);
    });
  }
});

const OBJECTS: Readonly<Record<string, unknown>> = {
  'environment of a container': {
    env: [
      { name: 'USER_AGENT', value: 'curl/8' },
      { name: 'DATABASE_HOST', value: 'db' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
      { name: 'TOKEN_FILE', value: '/var/run/token' },
      { name: 'PASSWORD', value: '$(OTHER)' },
      { name: 'SECRET_NAME', value: 'my-secret' },
      { name: 'GODEBUG', value: 'x509sha1=1' },
    ],
  },
  'volumes of a pod': {
    volumes: [
      {
        name: 'a',
        secret: {
          secretName: 'kong-cluster-cert',
          defaultMode: 420,
          items: [{ key: 'tls.key', path: 'tls.key' }],
        },
      },
      {
        name: 'b',
        projected: {
          sources: [{ serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 3607 } }],
        },
      },
    ],
    imagePullSecrets: [{ name: 'regcred' }],
    automountServiceAccountToken: true,
  },
  'custom resource with references': {
    kind: 'Gateway',
    spec: {
      tls: { secretName: 'a', credentialName: 'b' },
      passwordSecretRef: { name: 'x', key: 'password' },
      existingSecret: 'my-secret',
      pullSecrets: ['regcred'],
    },
  },
  'KongConsumer that names its Secrets': { kind: 'KongConsumer', credentials: ['consumer-1-key-auth'] },
  'managed fields': {
    metadata: { managedFields: [{ fieldsV1: { 'f:data': { 'f:password': {}, 'v:"password=x"': {} } } }] },
  },
  'role over Secrets': {
    kind: 'Role',
    rules: [{ resources: ['secrets'], resourceNames: ['password=x'], verbs: ['get'] }],
  },
  'status with digests': {
    status: {
      containerStatuses: [
        {
          image: 'kong:3.4',
          imageID:
            'docker-pullable://kong:3.4@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        },
      ],
    },
  },
  'annotation with a checksum': {
    annotations: { 'checksum/secret': 'a'.repeat(64), 'checksum/config-token': 'b'.repeat(64) },
  },
  'schema of a custom resource': {
    openAPIV3Schema: {
      properties: { password: { type: 'string', description: 'The password of the user.' } },
      required: ['password'],
    },
  },
  'arguments without values': {
    args: ['--token', '--verbose', '-p', '8080', '--password-file', '/etc/x', '--tls-cert-file=/a'],
  },
  'numbers and switches': { tokenCount: 5, password: null, useToken: true, token: 7 },
};

describe('harmless objects', () => {
  for (const [name, object] of Object.entries(OBJECTS)) {
    it(`returns the same object: ${name}`, () => {
      const { value, redactions } = redactObject(object);

      expect(value).toBe(object);
      expect(redactions.size).toBe(0);
    });
  }
});
