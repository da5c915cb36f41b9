import { KONG_CONFIGURATION_CANARY } from '../kong-stand-in.ts';

/** Values that stand for secrets in the test cluster: none may appear in a bundle, plain or in base64. */
export const CANARIES = {
  /** Value of a key of an Opaque Secret, also in its last-applied annotation. */
  secret: 'canary-opaque-secret-91c7',
  /** Value of an environment variable called KONG_PG_PASSWORD. */
  environment: 'canary-environment-password-27e4',
  /** Password within a URL of a ConfigMap. */
  url: 'canary-url-password-b80a',
  /** Bearer token in a log line. */
  log: 'canary-log-bearer-token-d35f',
  kongConfiguration: KONG_CONFIGURATION_CANARY,
} as const;
