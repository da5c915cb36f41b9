import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { redactText } from '../../../src/redact/text.ts';

const KEY = generateKeyPairSync('rsa', { modulusLength: 1024 });
const PKCS8 = KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const PKCS1 = KEY.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'sec1',
  format: 'pem',
}) as string;
const part = (fields: object): string => Buffer.from(JSON.stringify(fields)).toString('base64url');
const JWT = `${part({ alg: 'RS256', kid: 'k1' })}.${part({ sub: 'system:serviceaccount:a:b' })}.c2lnbmF0dXJlLXM3`;
const materialOf = (pem: string): string[] =>
  pem.split('\n').filter((line) => !line.includes('-----') && line !== '');

/** What a line looks like, and what of it must be gone. */
const SECRETS: Readonly<Record<string, readonly [line: string, ...gone: string[]]>> = {
  'properties line': ['db.password=s3cr3t-Value', 's3cr3t-Value'],
  'properties line with spaces': ['spring.datasource.password = my pass phrase', 'my pass', 'phrase'],
  'properties line with separators in the value': ['password=ab,cd&ef;gh', 'ab,cd', 'ef', 'gh'],
  'YAML line': ['  password: hunter2', 'hunter2'],
  'YAML line with a passphrase of words': ['passphrase: correct horse battery staple', 'correct', 'staple'],
  'YAML list item': ['- token: q9w8e7', 'q9w8e7'],
  'YAML with quotes': [`password: 'it''s'`, 'it', `s'`],
  'TOML line': ['client_secret = "a b c"', 'a b c'],
  'shell export': ['export API_KEY=abc123', 'abc123'],
  'env dump': ['PGPASSWORD=password', '=password'],
  'AWS secret by name': [
    'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'wJalr',
    'EXAMPLEKEY',
  ],
  'JSON pair': ['{"level":"info","password":"p1 p2"}', 'p1', 'p2'],
  'JSON pair with an escaped quote': ['{"password":"a\\"bcd","user":"x"}', 'bcd'],
  'JSON pair ending in a backslash': ['{"password":"abc\\\\","token":"def"}', 'abc', 'def'],
  'JSON within JSON': ['{"msg":"{\\"apiKey\\":\\"zz9\\\\\\"yy8\\"}"}', 'zz9', 'yy8'],
  'JSON number': ['{"token":123456789}', '123456789'],
  'JSON list': ['{"passwords":["aa1","bb2"]}', 'aa1', 'bb2'],
  'camelCase field': ['{"clientSecret":"kk77"}', 'kk77'],
  'JSON pair of name and value': ['[{"name":"DB_PASSWORD","value":"vv55"}]', 'vv55'],
  'escaped pair of name and value': ['"[{\\"name\\":\\"API_KEY\\",\\"value\\":\\"vv66\\"}]"', 'vv66'],
  'Go struct of name and value': ['{Name:DB_PASS Value:vv77 ValueFrom:nil}', 'vv77'],
  'Go struct': ['config {User:bob Password:hunter2 Host:db}', 'hunter2'],
  'XML element': ['<password>tiger-9</password>', 'tiger-9'],
  'XML attribute pair': ['<property name="connection.password" value="tiger-8"/>', 'tiger-8'],
  'Hadoop property': ['<name>fs.s3a.secret.key</name><value>tiger-7</value>', 'tiger-7'],
  'prose with a colon': ['login of bob with password: hunter2 refused', 'hunter2'],
  'prose that goes on': ['user bob password: swordfish accepted', 'swordfish'],
  'two words and a colon': ['using api key: 9f8e7d6c for upstream', '9f8e7d6c'],
  'ADO connection string': ['Server=db;User Id=sa;Password=P@ssw0rd;Timeout=3', 'P@ssw0rd'],
  'libpq connection string': ['host=db user=kong password=k0ng! dbname=kong', 'k0ng!'],
  'Azure storage connection string': ['AccountName=x;AccountKey=a2V5a2V5a2V5==;', 'a2V5'],
  'query parameter': ['GET /x?access_token=tok123&page=2 HTTP/1.1', 'tok123'],
  'query parameter escaped by Go': ['"/x?page=2\\u0026token=tok124\\u0026y=1"', 'tok124'],
  'presigned URL': ['https://s3/x?X-Amz-Signature=abcdef012345&y=1', 'abcdef012345'],
  'value after an escaped line break': ['{"msg":"conf:\\npassword=pp11\\nuser=x"}', 'pp11'],
  'flag with equals sign': ['starting --password=ff22 --port=80', 'ff22'],
  'flag with a space': ['starting --client-secret ff33 --port=80', 'ff33'],
  'flag with one dash': ['app -token ff44', 'ff44'],
  'kubeadm join': ['kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef', '0123456789abcdef'],
  'kubeadm token in prose': ['[bootstrap-token] Using token: abcdef.0123456789abcdef', '0123456789abcdef'],
  'redis configuration': ['requirepass foobared', 'foobared'],
  netrc: ['machine git.example.com login bob password tiger6', 'tiger6'],
  'mysql flag': ['mysql -h db -uroot -pT1ger5 kong', 'T1ger5'],
  'redis-cli flag': ['redis-cli -h r -a T1ger4 ping', 'T1ger4'],
  'docker login': ['docker login -u x -p T1ger6 r.io', 'T1ger6'],
  'kubectl create secret': ['kubectl create secret generic x --from-literal=any=T1ger7', 'T1ger7'],
  'setting without separator': ['smtp_auth_password T1ger8', 'T1ger8'],
  'setting in quotes': ['  passphrase "T1ger 9"', 'T1ger', '9'],
  'query parameter escaped whole': ['next=%2Fx%3Ftoken%3Dtok125%26y', 'tok125'],
  sshpass: ['sshpass -p T1ger3 ssh host', 'T1ger3'],
  'curl user': ['curl -s -u admin:T1ger2 http://x', 'T1ger2'],
  'bearer header': ['Authorization: Bearer abc.def-123', 'abc.def-123'],
  'bearer header of a Go map': ['headers map[Authorization:[Bearer zxcvb] Accept:[*/*]]', 'zxcvb'],
  'bearer header in JSON': ['{"authorization":"Bearer qwert"}', 'qwert'],
  'bearer header in curl': ["curl -H 'Authorization: Bearer asdfg' http://x", 'asdfg'],
  'bearer without header': ['got bearer 9a8b7c6d5e4f3a2b from client', '9a8b7c6d'],
  'basic header': ['authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  'basic without header': ['auth failed for Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  'digest header': ['Authorization: Digest username="u", response="6629fae4"', '6629fae4'],
  'signed header': ['Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=fe5f80f7', 'fe5f80f7'],
  'nginx header': ['proxy_set_header Authorization "Basic Zm9vOmJhcg==";', 'Zm9vOmJhcg'],
  cookie: ['Cookie: sid=31d4d96e407aad42; theme=dark', '31d4d96e407aad42'],
  'set-cookie in JSON': ['{"Set-Cookie":"sid=31d4d96e; Path=/"}', '31d4d96e'],
  'api key header': ['X-Api-Key: 0f0e0d', '0f0e0d'],
  JWT: [`validated ${JWT} ok`, JWT.slice(20, 60), 'c2lnbmF0dXJl'],
  'JWT within JSON': [`{"t":"${JWT}"}`, JWT.slice(30, 60)],
  'JWT that is cut': [`got ${JWT.slice(0, -25)}`, JWT.slice(4, 30)],
  'URL password': ['dial https://user:pw123@host/x', 'pw123'],
  'URL of any scheme': ['amqp://guest:gu3st@mq:5672/', 'gu3st'],
  'URL with a replica set': ['mongodb+srv://u:pw124@h1.x:27017,h2.x:27017/db', 'pw124'],
  'URL without user': ['redis://:pw125@cache:6379/0', 'pw125'],
  'URL password with a slash': ['postgres://kong:pa/ss9@db:5432/kong', 'pa/ss9', 'ss9'],
  'URL password with a colon': ['postgres://kong:pa:ss8@db/kong', 'pa:ss8', 'ss8'],
  'URL password with an at sign': ['postgres://kong:pa@ss7@db.local/kong', 'pa@', 'ss7'],
  'URL password with at sign and slash': ['https://u:p@ss/w6@db.local/x', 'p@ss', 'w6'],
  'URL password with a question mark': ['amqp://u:pa?ss5@mq:5672', 'ss5'],
  'URL with escaped slashes': ['{"u":"https:\\/\\/bob:pw126@host\\/x"}', 'pw126'],
  'two URLs in one run': ['peers=http://a:pw127@h1.x,http://b:pw128@h2.x', 'pw127', 'pw128'],
  'token as URL user': ['clone https://9f86d081884c7d659a2f@git.example.com/r', '9f86d081'],
  'Go MySQL data source': ['dsn root:pw129@tcp(db:3306)/kong', 'pw129'],
  'Oracle data source': ['jdbc:oracle:thin:scott/t1ger@db:1521:x', 't1ger'],
  'git user without scheme': ['remote oauth2:t1gerToken@gitlab.com/x', 't1gerToken'],
  'AWS key id': ['using AKIAIOSFODNN7EXAMPLE now', 'AKIAIOSFODNN7'],
  'GitHub token': [`remote: ghp_${'a1B2'.repeat(9)} rejected`, 'a1B2a1B2'],
  'GitHub fine-grained token': [`x github_pat_${'a1B2'.repeat(10)}`, 'a1B2a1B2'],
  'GitLab token': ['x glpat-a1B2c3D4e5F6g7H8i9J0', 'a1B2c3D4'],
  'Slack token': ['x xoxb-123456789012-abcdefABCDEF', 'abcdefABCDEF'],
  'Slack webhook': ['POST https://hooks.slack.com/services/T0000/B0000/XyZ123abc', 'XyZ123abc', 'B0000'],
  'Telegram bot': ['https://api.telegram.org/bot123456:ABC-DEF1234/sendMessage', 'ABC-DEF1234'],
  'Vault token': ['x hvs.CAESIJlWh2a1B2c3D4e5F6', 'CAESIJlWh2'],
  'age key': [`AGE-SECRET-KEY-1${'QPZRY9X8'.repeat(7)}`, 'QPZRY9X8'],
  'registry file in base64': [
    `x ${Buffer.from('{"auths":{"r":{"auth":"YTpi"}}}').toString('base64')}`,
    'eyJhdXRocyI6',
  ],
  'private key in base64': [
    `kubeconfig ${Buffer.from(PKCS8).toString('base64')}`,
    Buffer.from(PKCS8).toString('base64').slice(60, 100),
  ],
  'private key with escaped line breaks': [JSON.stringify({ k: PKCS1, u: 'kept' }), ...materialOf(PKCS1)],
  'private key cut on its line': [
    JSON.stringify({ k: PKCS1 }).slice(0, 400),
    ...materialOf(PKCS1).slice(0, 4),
  ],
  'kubeconfig line': ['    client-key-data: TUlJRXZRSUJBREFO', 'TUlJRXZR'],
};

describe('secrets in one line of text', () => {
  for (const [name, [line, ...gone]] of Object.entries(SECRETS)) {
    it(`removes: ${name}`, () => {
      const { text, redactions } = redactText(line);

      for (const secret of gone) expect(text).not.toContain(secret);
      expect(redactions.size).toBeGreaterThan(0);
    });
  }

  it('keeps what stands around a secret', () => {
    const { text } = redactText('dial postgres://kong:pw@db:5432/kong failed, "password":"x y", attempt 3');

    expect(text).toBe(
      'dial postgres://kong:[REDACTED:url-credentials]@db:5432/kong failed, "password":"[REDACTED:named-value]", attempt 3',
    );
  });

  it('keeps the scheme of an authorization header', () => {
    expect(redactText('Authorization: Bearer abc').text).toBe(
      'Authorization: Bearer [REDACTED:authorization-header]',
    );
  });

  it('counts by rule in the order of the rule table', () => {
    const { redactions } = redactText('token=a1b2\nhttp://u:p1@h/\npassword=c3');

    expect([...redactions]).toEqual([
      ['named-value', 2],
      ['url-credentials', 1],
    ]);
  });
});

describe('secrets over several lines', () => {
  for (const [name, pem] of Object.entries({ PKCS8, PKCS1, EC })) {
    it(`removes every line of a ${name} key and keeps the line count`, () => {
      const log = `before\n${pem}after`;

      const { text, redactions } = redactText(log);

      for (const line of materialOf(pem)) expect(text).not.toContain(line);
      expect(text.split('\n')).toHaveLength(log.split('\n').length);
      expect(text).toMatch(/^before\n.*\nafter$/s);
      expect(redactions.get('private-key')).toBe(1);
    });
  }

  it('removes a key whose lines carry timestamps, and keeps the timestamps', () => {
    const log = PKCS8.split('\n')
      .map((line) => `2026-01-15T10:00:00.123456789Z ${line}`)
      .join('\n');

    const { text } = redactText(log);

    for (const line of materialOf(PKCS8)) expect(text).not.toContain(line);
    expect(text.match(/2026-01-15T10:00:00\.123456789Z/g)).toHaveLength(log.split('\n').length);
  });

  it('removes a key of a log file on a node', () => {
    const { text } = redactText(PKCS8.replace(/^/gm, '2026-01-15T10:00:00.1Z stderr F '));

    for (const line of materialOf(PKCS8)) expect(text).not.toContain(line);
    expect(text).toMatch(/^2026-01-15T10:00:00.1Z stderr F \[REDACTED:private-key\]\n/);
  });

  it('removes an encrypted key with its headers', () => {
    const log = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A1B2C3D\n\n${materialOf(PKCS1).join('\n')}\n-----END RSA PRIVATE KEY-----\nnext`;

    const { text } = redactText(log);

    expect(text).not.toContain('0A1B2C3D');
    for (const line of materialOf(PKCS1)) expect(text).not.toContain(line);
    expect(text.endsWith('\nnext')).toBe(true);
  });

  it('removes a key that the end of the text cuts', () => {
    const { text } = redactText(PKCS8.slice(0, 300));

    for (const line of materialOf(PKCS8).slice(0, 3)) expect(text).not.toContain(line);
  });

  it('goes on with ordinary lines after a key that was never ended', () => {
    const { text } = redactText(`-----BEGIN PRIVATE KEY-----\n${'a line of the log\n'.repeat(10)}`);

    expect(text.match(/a line of the log/g)?.length).toBeGreaterThanOrEqual(6);
  });

  it('keeps a certificate after a private key', () => {
    const { text } = redactText(`${PKCS8}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`);

    expect(text).toContain('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
  });

  it('removes the lines of a YAML block below a telling name', () => {
    const { text } = redactText('a: 1\npassword: |\n  line1\n\n  line2\nb: 2\n');

    expect(text).toBe('a: 1\npassword: |\n  [REDACTED:named-value]\n\n  [REDACTED:named-value]\nb: 2\n');
  });

  it('removes the value on the line after a telling name', () => {
    const { text } = redactText('env:\n- name: DB_PASS\n  value: abc def\n- name: PORT\n  value: "80"\n');

    expect(text).toBe('env:\n- name: DB_PASS\n  value: [REDACTED:env-value]\n- name: PORT\n  value: "80"\n');
  });

  it('keeps carriage returns', () => {
    expect(redactText('token=abc\r\nx\r\n').text).toBe('token=[REDACTED:named-value]\r\nx\r\n');
  });
});
