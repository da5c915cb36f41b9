import { describe, expect, it } from 'vitest';
import { splitWords, telling } from '../../../src/redact/names.ts';
import { REDACTION_RULES } from '../../../src/redact/rules.ts';

describe('splitWords', () => {
  it('splits at separators and humps and drops numbers and encodings at the end', () => {
    expect(splitWords('db.adminPassword-2')).toEqual(['db', 'admin', 'password']);
    expect(splitWords('HTTPServerKey_B64')).toEqual(['http', 'server', 'key']);
    expect(splitWords('TOKEN1')).toEqual(['token']);
  });
});

describe('telling', () => {
  const TELLING = [
    ...[
      'password',
      'DB_PASSWORD',
      'dbPassword',
      'PGPASSWORD',
      'admin-passwd',
      'DB_PASS',
      'mysql_pw',
      'passphrase',
      'DB_PASSWORD_PROD',
    ],
    ...[
      'token',
      'accessToken',
      'access_token_v2',
      'authtoken',
      'X-Auth-Token',
      'KONG_ADMIN_TOKEN',
      'TOKEN_GITHUB',
      'identitytoken',
    ],
    ...[
      'secret',
      'clientSecret',
      'client_secret',
      'SECRET_KEY_BASE',
      'AWS_SECRET_ACCESS_KEY',
      'aws_access_key_id',
      'secret_id',
      'jwtSecret',
    ],
    ...[
      'api_key',
      'apiKey',
      'API-KEY',
      'apikey',
      'privateKey',
      'tls.key',
      'client-key-data',
      'session_key',
      'license_key',
      'encryptionKey',
    ],
    ...[
      'credentials',
      'DB_CREDS',
      'authorization',
      'set-cookie',
      'example.com/api-token',
      '.dockerconfigjson',
      'PASSWORD_HASH',
      'requirepass',
    ],
  ];
  for (const name of TELLING) {
    it(`takes ${name} for telling`, () => {
      expect(telling(name)).toMatch(/last|within/);
    });
  }

  const OTHERS = [
    ...[
      'USER_AGENT',
      'DATABASE_HOST',
      'X_USER',
      'name',
      'key',
      'keys',
      'monkey',
      'turkey',
      'compass',
      'bypass',
      'encompass',
      'secretary',
    ],
    ...[
      'secretName',
      'secretKeyRef',
      'secretRef',
      'credentialName',
      'imagePullSecrets',
      'tokenExpirationSeconds',
      'TOKEN_URL',
      'TOKEN_TTL',
    ],
    ...[
      'PASSWORD_FILE',
      'SECRET_PATH',
      'CREDENTIALS_DIR',
      'password_policy',
      'passwordMinLength',
      'token_type',
      'tokenReviewer',
      'tokenizer',
    ],
    ...[
      'partition_key',
      'primaryKey',
      'cacheKey',
      'topologyKey',
      'public_key',
      'checksum/secret',
      'checksum/config-token',
      'secret.yaml',
    ],
    ...[
      'discovery-token-ca-cert-hash',
      'authorization-mode',
      'proxy_pass',
      'secretsStore',
      'TOKEN_BUCKET_SIZE',
      'secret-controller',
      '',
    ],
  ];
  for (const name of OTHERS) {
    it(`passes by ${name || 'an empty name'}`, () => {
      expect(telling(name)).toBeUndefined();
    });
  }
});

describe('the rule table', () => {
  it('has ids of lower-case words and a title for each', () => {
    const ids = REDACTION_RULES.map((rule) => rule.id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title } of REDACTION_RULES) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title).toMatch(/^[A-Z].*[a-z]$/);
    }
  });
});
