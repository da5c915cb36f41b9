import { gzipSync } from 'node:zlib';
import type { ApiObject } from '../../scripts/samples/scenario.ts';
import { base64, type Secrets } from './canary.ts';

type Fields = Readonly<Record<string, unknown>>;
type Place = (s: string) => Omit<Fields, 'metadata'> & { metadata?: Fields };

const pod = (container: Fields): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  spec: { nodeName: 'worker-1', containers: [{ name: 'app', image: 'r.example/a:1', ...container }] },
});
const env = (name: string, value: string): Fields => pod({ env: [{ name, value }] });
const config = (key: string, value: string): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  data: { [key]: value },
});
const annotated = (key: string, value: string) => ({
  ...config('a', 'b'),
  metadata: { annotations: { [key]: value } },
});
const custom = (fields: Fields): Fields => ({
  apiVersion: 'configuration.konghq.com/v1',
  kind: 'KongPlugin',
  ...fields,
});
/** 32 bytes in hexadecimal, as kubeadm makes them; 24 of them are the secret. */
const certificateKey = (s: string) => Buffer.from(s.padEnd(32, '.')).toString('hex');
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Places in objects where only structure tells that a value is secret, each planted with a secret of its own. */
export const PLACES: Readonly<Record<string, Place>> = {
  'Secret data': (s) => ({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: { any: base64(s) } }),
  'Secret of a service account': (s) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    data: { token: base64(s), namespace: base64('shop') },
  }),
  'Secret of a registry': (s) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': base64(JSON.stringify({ auths: { r: { auth: base64(`u:${s}`) } } })) },
  }),
  'Secret of a Helm release': (s) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    data: { release: base64(base64(s)) },
  }),
  'Secret applied by kubectl': (s) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { annotations: { [LAST_APPLIED]: JSON.stringify({ kind: 'Secret', stringData: { any: s } }) } },
    data: {},
  }),
  'variable by name': (s) => env('DB_PASSWORD', s),
  'access token variable': (s) => env('GITLAB_PAT', s),
  'variable with JSON': (s) =>
    env('KONG_ADMIN_GUI_SESSION_CONF', JSON.stringify({ secret: s, storage: 'kong' })),
  'variable with a URL': (s) => env('DATABASE_URL', `postgres://u:x@${s}@db:5432/x`),
  'variable with options': (s) => env('JAVA_OPTS', `-Xmx1g -Djavax.net.ssl.keyStorePassword=${s}`),
  'variable with a licence': (s) => env('KONG_LICENSE_DATA', JSON.stringify({ license: { key: s } })),
  'variable with a key': (s) => env('KONG_CLUSTER_CERT_KEY', `-----BEGIN PRIVATE KEY-----\n${s}`),
  argument: (s) => pod({ args: ['--listen=:80', `--password=${s}`] }),
  'argument of its own': (s) => pod({ args: ['--bindpw', s] }),
  'command of a shell': (s) =>
    pod({ command: ['sh', '-c', `echo ${s} | docker login -u x --password-stdin r`] }),
  'arguments of a program': (s) => pod({ args: ['mysql', '-uroot', `-p${s}`] }),
  'header of a probe': (s) =>
    pod({
      livenessProbe: {
        httpGet: {
          path: '/',
          port: 80,
          httpHeaders: [{ name: 'Authorization', value: `Basic ${base64(`u:${s}`)}` }],
        },
      },
    }),
  'message of a termination': (s) => ({
    ...pod({}),
    status: {
      containerStatuses: [
        { name: 'app', state: { terminated: { exitCode: 1, message: `panic: token=${s}` } } },
      ],
    },
  }),
  'applied pod': (s) => ({
    ...pod({}),
    metadata: {
      annotations: { [LAST_APPLIED]: JSON.stringify(env('API_KEY', s)) },
    },
  }),
  'annotation with JSON': (s) => annotated('x.example/config', JSON.stringify({ db: { password: s } })),
  'annotation with JSON in JSON': (s) =>
    annotated('x.example/c', JSON.stringify({ a: JSON.stringify({ apiKey: s }) })),
  'annotation with a Secret': (s) =>
    annotated('x.example/m', JSON.stringify({ kind: 'Secret', data: { any: base64(s) } })),
  'annotation with YAML': (s) => annotated('x.example/y', `a: 1\npassword: ${s}\n`),
  'snippet of nginx': (s) =>
    annotated('nginx.ingress.kubernetes.io/configuration-snippet', `set $api_key "${s}";\nreturn 200;`),
  properties: (s) => config('app.properties', `a=b\nspring.datasource.password=${s}\n`),
  'YAML file': (s) => config('a.yaml', `auth:\n  rootPassword: ${s}\n`),
  'JSON file': (s) => config('a.json', JSON.stringify({ nested: [{ client_secret: s }] })),
  'INI file': (s) => config('a.ini', `[ldap]\nbindpw = ${s}\n`),
  'file of libpq': (s) => config('pgpass', `*:*:*:bob:${s}`),
  'private key in a file': (s) =>
    config('x', `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----\n`),
  'key in binary data': (s) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    binaryData: { x: base64(`-----BEGIN PRIVATE KEY-----\n${s}\n-----END PRIVATE KEY-----\n`) },
  }),
  'kubeconfig with a token': (s) =>
    config('kubeconfig', `kind: Config\nusers:\n- name: u\n  user:\n    token: ${s}\n`),
  'kubeconfig with a key': (s) =>
    config(
      'kubeconfig',
      `users:\n- user: {client-key-data: ${base64(`-----BEGIN EC PRIVATE KEY-----\n${s}`)}}\n`,
    ),
  'kubeconfig with a plugin': (s) =>
    config('kubeconfig', `users:\n- user: {exec: {env: [{name: AWS_SECRET, value: ${s}}]}}\n`),
  'registry file': (s) =>
    config('.dockerconfigjson', JSON.stringify({ auths: { r: { auth: base64(`u:${s}`) } } })),
  'old registry file': (s) => config('.dockercfg', JSON.stringify({ r: { auth: base64(`u:${s}`) } })),
  'registry file in base64': (s) =>
    config('x', base64(JSON.stringify({ auths: { r: { auth: base64(`u:${s}`) } } }))),
  'Helm release in a ConfigMap': (s) => config('release', gzipSync(`kind: Secret ${s}`).toString('base64')),
  'Helm template': (s) =>
    config('s.yaml', `kind: Secret\nmetadata:\n  name: {{ .Release.Name }}\nstringData:\n  any: ${s}\n`),
  'manifest of a Secret': (s) =>
    config('s.yaml', `apiVersion: v1\ndata:\n  any: ${base64(s)}\nkind: Secret\n`),
  'list of Secrets': (s) =>
    config('x', JSON.stringify({ kind: 'SecretList', items: [{ data: { any: base64(s) } }] })),
  'alert manager': (s) =>
    config(
      'am.yaml',
      `receivers:\n- slack_configs:\n  - api_url: https://hooks.slack.com/services/T0/B0/${s}\n`,
    ),
  'certificate key of kubeadm': (s) =>
    config('InitConfiguration', `kind: InitConfiguration\ncertificateKey: ${certificateKey(s)}\n`),
  'certificate key in a custom resource': (s) =>
    custom({ spec: { initConfiguration: { certificateKey: certificateKey(s) } } }),
  'bootstrap token of kubeadm': (s) =>
    config('InitConfiguration', `bootstrapTokens:\n- token: abcdef.${s}\n  ttl: 24h0m0s\n`),
  'argument in the configuration of kubeadm': (s) =>
    config(
      'ClusterConfiguration',
      `apiServer:\n  extraArgs:\n  - name: service-account-key-password\n    value: ${s}\n`,
    ),
  'proxy of Istio with a token inline': (s) =>
    custom({ spec: { typed_config: { token_secret: { inline_string: s } } } }),
  'default of a schema': (s) =>
    custom({ openAPIV3Schema: { properties: { password: { type: 'string', default: s } } } }),
  'encryption at rest': (s) =>
    config('enc.yaml', `providers:\n- aescbc:\n    keys:\n    - name: key1\n      secret: ${base64(s)}\n`),
  'JSON Web Key': (s) => config('jwks', JSON.stringify({ keys: [{ kty: 'oct', k: s }] })),
  'custom resource by name': (s) => custom({ config: { client_secret: [s] } }),
  'custom resource, nested': (s) => custom({ config: { redis: { password: s } } }),
  'custom resource with a header': (s) =>
    custom({ config: { add: { headers: [`Authorization: Bearer ${s}`] } } }),
  'custom resource with an access token': (s) => custom({ spec: { github: { pat: s } } }),
  'custom resource with a pre-shared key': (s) => custom({ spec: { preSharedKey: s } }),
  'custom resource with a webhook': (s) =>
    custom({ spec: { url: `https://x.webhook.office.com/webhookb2/11111111@a/IncomingWebhook/${s}/b` } }),
  'value of a parameter': (s) => custom({ spec: { parameters: [{ name: 'postgres.password', value: s }] } }),
  'event message': (s) => ({
    apiVersion: 'v1',
    kind: 'Event',
    type: 'Warning',
    reason: 'Failed',
    message: `Get "https://bob:${s}@x.example/y": dial tcp: refused`,
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'x' },
  }),
};

/** All places as objects of the namespace `shop`, and the secret of each by the name of the place. */
export function plantedObjects(
  secretsOf: (name: string) => Secrets,
): Map<string, { object: ApiObject; secret: string }> {
  return new Map(
    Object.entries(PLACES).map(([name, place], index) => {
      const secret = secretsOf(`object ${name}`)('mixed', 24);
      const { metadata, ...fields } = place(secret);
      const identity = {
        name: `canary-${index}`,
        namespace: 'shop',
        uid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        creationTimestamp: '2026-03-01T00:00:00Z',
      };
      return [
        name,
        { object: { ...fields, metadata: { ...identity, ...metadata } } as unknown as ApiObject, secret },
      ];
    }),
  );
}
