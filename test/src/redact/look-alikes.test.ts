import { describe, expect, it } from 'vitest';
import { redactObject } from '../../../src/redact/object.ts';
import { redactText } from '../../../src/redact/text.ts';

const LINES: readonly string[] = [
  'USER_AGENT=Mozilla/5.0 (X11; Linux x86_64)',
  'DATABASE_HOST=db.example.com',
  'X_USER=bob',
  'TOKEN_URL=https://idp.example.com/oauth/token',
  'SECRET_NAME=my-tls',
  'PASSWORD_FILE=/run/secrets/db',
  'TOKEN_PATH=/var/run/secrets/kubernetes.io/serviceaccount/token',
  'KONG_CLUSTER_CERT_KEY=/etc/secrets/kong-cluster-cert/tls.key',
  'ssl_certificate_key /etc/nginx/tls.key;',
  '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
  '--client-key=client.key --port=80',
  'location = /healthz;',
  'server = 10.0.0.1;',
  'proxy_pass http://upstream:8000;',
  'PWD=/workspace/app',
  'OLDPWD=/',
  'DB_PASSWORD=$(DB_PASSWORD)',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a shell
  'password: ${POSTGRES_PASSWORD}',
  'password: {{ .Values.password }}',
  'password: ""',
  'token: null',
  'automountServiceAccountToken: false',
  'PasswordAuthentication yes',
  'password=******',
  'postgres://kong:xxxxx@db:5432/kong',
  'postgres://kong:$(PASS)@db/kong',
  'ssh://git@github.com/o/r.git',
  'https://example.com/@scope/pkg',
  'http://host:8080/a/b@c',
  'docker-pullable://nginx:1.25@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'docker-pullable://registry:5000/kong@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'mail bob@example.com about https://example.com/x',
  '--discovery-token-ca-cert-hash sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'checksum/secret: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '"initial-cluster-state":"new","initial-cluster-token":"etcd-cluster","x":1',
  'FLAG: --tls-sni-cert-key="[]"',
  'FLAG: --authorization-kubeconfig="kcm.conf"',
  'FLAG: --legacy-service-account-token-clean-up-period="8760h0m0s"',
  'kubectl get secret <your-cluster-cert-secret> -n kong -o yaml',
  'gmsaCredentialSpec: gmsa-webapp1',
  'uid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
  'E0115 reflector.go:150] *v1.Secret: failed to list *v1.Secret: secrets is forbidden: User "x" cannot list',
  'MountVolume.SetUp failed for volume "token" : secret "webhook-server-cert" not found',
  "couldn't find key password in Secret default/foo",
  'I0115 10:00:00.1 1 controller.go:1] "Synced" secret="default/my-tls" namespace="default"',
  'error: failed to refresh token: oauth2: "invalid_grant"',
  'Unable to authenticate the request: invalid bearer token, token: expired',
  'WWW-Authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
  'the bearer authentication scheme is used',
  'license: Apache-2.0',
  'max_tokens: 4096',
  '{"tokenExpirationSeconds":3607,"audience":"vault"}',
  'TOKEN_TTL=24h SECRET_ROTATION_DAYS=30',
  'the password policy requires 12 characters',
  'tests: pass=12 fail=0',
  'monkey=banana keyboard=us turkey: sandwich',
  'partition_key=42 primary_key: id cache-key: abc routing_key=orders',
  'public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO bob@x',
  'tls: failed to find any PEM data in key input',
  '-----BEGIN CERTIFICATE-----',
  'eyJson.parse failed',
  'kubernetes.io/service-account.name: default',
  'Basic authentication is off',
  'authorization-mode=Node,RBAC authorization: denied',
  'secretary: bob',
  'Password changed',
  'password policy',
  'password must be at least 8 characters',
  'if token == expected {',
  'std::token::parse',
  'arn:aws:iam::123456789012:role/kong',
  'SECRET_ARN secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:kong-AbCdEf',
];

describe('harmless lines', () => {
  for (const line of LINES) {
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
