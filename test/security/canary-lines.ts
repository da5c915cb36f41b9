import { base64, type Secrets } from './canary.ts';

/** A text of one or more lines with a secret in it; what else of it must go is added by `also`. */
type Line = (secret: Secrets, also: (more: string) => void) => string;

function one(make: (secret: string) => string, ...form: Parameters<Secrets>): Line {
  return (secrets, also) => {
    const secret = secrets(...form);
    also(secret);
    return make(secret);
  };
}

/** Shapes a secret has in any text: logs, messages, files. Each is planted with secrets of its own. */
export const LINES: Readonly<Record<string, Line>> = {
  setting: one((s) => `db.password=${s}`),
  'setting with spaces': one((s) => `client_secret = "${s}"`),
  export: one((s) => `export API_KEY=${s}`),
  'personal access token of no known form': one((s) => `GITHUB_PAT=${s}`),
  'one-time password': one((s) => `login otp=${s} accepted`, 'digits', 8),
  'pin in JSON': one((s) => `{"user":"bob","pin":"${s}"}`, 'digits', 9),
  'pre-shared key': one((s) => `IPSEC_PSK=${s}`),
  salt: one((s) => `HASH_SALT=${s}`),
  'seed of one-time passwords': one((s) => `totp_seed=${s}`, 'upper', 32),
  'directory password': one((s) => `bindpw ${s}`),
  'directory hash': one((s) => `rootpw {SSHA}${s}`, 'mixed', 32),
  'JSON pair': one((s) => `{"level":"info","apiKey":"${s}"}`),
  'JSON in JSON': one((s) => JSON.stringify({ msg: JSON.stringify({ clientSecret: s }) })),
  'name and value': one((s) => `[{"name":"DB_PASSWORD","value":"${s}"}]`),
  'name and value in YAML flow': one((s) => `env: [{name: DB_PASSWORD, value: ${s}}]`),
  'Go struct': one((s) => `config {User:bob Password:${s} Host:db}`),
  'XML element': one((s) => `<password>${s}</password>`),
  flag: one((s) => `starting --token=${s} --port=80`),
  'flag with a space': one((s) => `keytool -storepass ${s} -list`),
  'login through a pipe': one((s) => `+ echo ${s} | docker login -u bob --password-stdin r.example`),
  'login through a pipe, quoted': one(
    (s) => `printf '%s' '${s}' | helm registry login -u bob --password-stdin r.example`,
  ),
  'login from a here string': one((s) => `podman login -u bob --password-stdin r.example <<< "${s}"`),
  'docker login': one((s) => `docker login -u x -p ${s} r.example`),
  mysql: one((s) => `mysql -h db -uroot -p${s} kong`),
  'redis-cli': one((s) => `redis-cli -h r -a ${s} ping`),
  'redis statement': one((s) => `1705312212.1 [0 10.0.0.1:5] "AUTH" "${s}7a"`),
  ldapsearch: one((s) => `ldapsearch -x -D cn=admin -w ${s} -b dc=x`),
  'curl user': one((s) => `curl -s -u admin:${s} http://x.example`),
  'kubectl create secret': one((s) => `kubectl create secret generic x --from-literal=any=${s}`),
  'SQL user': one((s) => `CREATE USER 'bob'@'%' IDENTIFIED BY '${s}'`),
  'SQL role': one((s) => `ALTER ROLE bob WITH PASSWORD '${s}'`),
  prose: one((s) => `The initial password for user admin is ${s}9x`),
  'join token': one((s) => `kubeadm join 10.0.0.1:6443 --token abcdef.${s}`, 'lower', 16),
  'join token in prose': one((s) => `using bootstrap token abcdef.${s} for node`, 'lower', 16),
  'certificate key': one((s) => `kubeadm join x --control-plane --certificate-key ${s}`, 'hex', 64),
  'k3s token': one((s) => `K10${'0a'.repeat(32)}::server:${s}`),
  'swarm token': one((s) => `docker swarm join --token SWMTKN-1-${s}-1awxwuwd3z9j1z3puu7rcgdbx`, 'lower', 50),
  'bearer header': one((s) => `Authorization: Bearer ${s}`),
  'bearer of a Go map': one((s) => `map[Authorization:[Bearer ${s}] Accept:[*/*]]`),
  'basic header': one((s) => `authorization: Basic ${base64(`bob:${s}`)}`),
  'api key header': one((s) => `X-Api-Key: ${s}`),
  cookie: one((s) => `Cookie: sid=${s}; theme=dark`),
  JWT: one((s) => `token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IifQ.${s}`, 'mixed', 43),
  'detached JWT': one((s) => `eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiYyJ9..${s}`, 'mixed', 43),
  'query token': one((s) => `GET /x?access_token=${s}&page=2 HTTP/1.1`),
  'authorization code': one((s) => `GET /callback?code=${s}4b&state=x HTTP/1.1`),
  URL: one((s) => `dial https://user:${s}@host.example/x`),
  'URL with an at sign': one((s) => `postgres://kong:a@${s}@db.local/kong`),
  'URL with a slash': one((s) => `postgres://kong:a/${s}@db:5432/kong`),
  'URL with a hash': one((s) => `redis://:a#${s}@cache:6379/0`),
  'MySQL source': one((s) => `dsn root:${s}@tcp(db:3306)/kong`),
  'ADO string': one((s) => `Server=db;User Id=sa;Password=${s};Timeout=3`),
  'storage account': one((s) => `AccountName=x;AccountKey=${s}==;EndpointSuffix=core`),
  'password file of libpq': one((s) => `db.example.com:5432:app:bob:${s}`),
  netrc: one((s) => `machine git.example.com login bob password ${s}`),
  htpasswd: one((s) => `bob:$apr1$abcdefgh$${s}`, 'mixed', 22),
  shadow: one((s) => `root:$6$saltsalt$${s}:19000:0:99999:7:::`, 'mixed', 60),
  'AWS key id': one((s) => `using AKIA${s} now`, 'upper', 16),
  'AWS secret': one((s) => `aws_secret_access_key = ${s}`, 'mixed', 40),
  'GitHub token': one((s) => `remote: ghp_${s} rejected`, 'mixed', 36),
  'GitLab token': one((s) => `x glpat-${s}`, 'mixed', 20),
  'npm token': one((s) => `x npm_${s}`, 'mixed', 36),
  'Grafana token': one((s) => `x glsa_${s}_abcd1234`, 'mixed', 32),
  'Atlassian token': one((s) => `x ATATT3xFfGF0${s}`, 'mixed', 40),
  'Konnect token': one((s) => `x kpat_${s}`, 'mixed', 40),
  'Vault token': one((s) => `x hvs.${s}`, 'mixed', 24),
  'unseal key': one((s) => `Unseal Key 1: ${s}=`, 'mixed', 43),
  'Slack token': one((s) => `x xoxb-123456789012-${s}`, 'mixed', 24),
  'Slack webhook': one((s) => `POST https://hooks.slack.com/services/T0000AAA/B0000BBB/${s}`, 'mixed', 24),
  'Teams webhook': one(
    (s) => `https://x.webhook.office.com/webhookb2/11111111-2222@a/IncomingWebhook/${s}/b`,
    'hex',
    32,
  ),
  'older Teams webhook': one(
    (s) => `https://outlook.office.com/webhook/11111111-2222@a/IncomingWebhook/${s}/b`,
    'hex',
    32,
  ),
  'Teams workflow': one(
    (s) => `https://p.logic.azure.com/workflows/a/triggers/manual/paths/invoke?sp=x&sig=${s}`,
    'mixed',
    43,
  ),
  'Mattermost webhook': one((s) => `POST https://chat.example.com/hooks/${s} failed`, 'lower', 26),
  'Kong licence': one(
    (s) => `KONG_LICENSE_DATA={"license":{"payload":{"license_key":"${s}"},"version":"1"}}`,
  ),
  'licence signature': one(
    (s) => `{"license":{"payload":{"customer":"x"},"signature":"${s}","version":"1"}}`,
    'hex',
    96,
  ),
  'Kong cluster key': one((s) => `cluster_cert_key=${s}`),
  'registry file': one((s) => `{"auths":{"r.example":{"auth":"${base64(`bob:${s}`)}"}}}`),
  'registry file in base64': one(
    (s) => `x ${base64(JSON.stringify({ auths: { r: { auth: base64(`bob:${s}`) } } }))}`,
  ),
  'Helm release': one((s) => `release H4sIAAAAAAAA${s}`, 'mixed', 100),
  'kubeconfig key': one((s) => `    client-key-data: ${s}`, 'mixed', 60),
  'Secret on one line': one(
    (s) => `applying {"apiVersion":"v1","kind":"Secret","data":{"any":"${base64(s)}"}}`,
  ),
  'Secret with escapes': one((s) =>
    JSON.stringify({ msg: `apiVersion: v1\ndata:\n  any: ${base64(s)}\nkind: Secret\n` }),
  ),
  'Secret as a Go struct': one((s) => `&Secret{Type:Opaque,StringData:map[string]string{any: ${s},},}`),
  'Secret in YAML': one(
    (s) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  any: ${base64(s)}\ntype: Opaque`,
  ),
  'Secret in YAML, kind last': one(
    (s) => `apiVersion: v1\ndata:\n  any: ${base64(s)}\nkind: Secret\nmetadata:\n  name: x`,
  ),
  'plain Secret in YAML': one(
    (s) =>
      `apiVersion: v1\nkind: Secret\nstringData:\n  any: |\n    first ${s}\n    second\nmetadata:\n  name: x`,
  ),
  'Secret in indented JSON': one(
    (s) => `{\n  "apiVersion": "v1",\n  "data": {\n    "any": "${base64(s)}"\n  },\n  "kind": "Secret"\n}`,
  ),
  'Helm template': one(
    (s) =>
      `# Source: x/templates/a.yaml\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  any: ${base64(s)}`,
  ),
  'YAML block': one((s) => `password: |\n  ${s}`),
  'value on the next line': one((s) => `- name: DB_PASS\n  value: ${s}`),
  'private key': (secrets, also) =>
    key(secrets, also, ['-----BEGIN PRIVATE KEY-----'], ['-----END PRIVATE KEY-----']),
  'private key without its end': (secrets, also) =>
    key(secrets, also, ['-----BEGIN RSA PRIVATE KEY-----'], []),
  'private key without its beginning': (secrets, also) =>
    key(secrets, also, [], ['-----END EC PRIVATE KEY-----']),
  'lines of a private key': (secrets, also) => key(secrets, also, [], ['the next message']),
  'private key in a file of Docker': (secrets, also) =>
    docker(key(secrets, also, ['-----BEGIN PRIVATE KEY-----'], ['-----END PRIVATE KEY-----'])),
  'lines of a key in a file of Docker': (secrets, also) =>
    docker(key(secrets, also, [], ['the next message'])),
  'private key with escapes': (secrets, also) =>
    JSON.stringify({ k: key(secrets, also, ['-----BEGIN PRIVATE KEY-----'], ['-----END PRIVATE KEY-----']) }),
};

function key(
  secrets: Secrets,
  also: (more: string) => void,
  before: readonly string[],
  after: readonly string[],
): string {
  const body = [1, 2, 3].map(() => secrets('mixed', 64));
  for (const line of body) also(line);
  return [...before, ...body, ...after].join('\n');
}

function docker(text: string): string {
  return text
    .split('\n')
    .map((line) => `{"log":"${line}\\n","stream":"stdout","time":"2026-03-03T09:29:00Z"}`)
    .join('\n');
}
