import { logSignals } from '../model/artifact.ts';

/** How something an application depends on fails it. */
export type DependencyFailure =
  | 'credentials'
  | 'tooManyConnections'
  | 'readOnly'
  | 'noSpace'
  | 'tls'
  | 'nameUnknown'
  | 'timeout'
  | 'refused';

/** An error line read as the failure of a dependency. */
export interface DependencyError {
  readonly failure: DependencyFailure;
  /** Host the line names, without brackets, in lower case. */
  readonly host?: string;
  readonly port?: number;
}

/**
 * The words of MySQL, PostgreSQL, MongoDB, Redis, RabbitMQ, Kafka, LDAP, SQL Server, Oracle, of libc, Go, Java,
 * Node.js and OpenSSL. The more telling before what it is wrapped in.
 */
const FAILURES: readonly (readonly [DependencyFailure, RegExp])[] = [
  [
    'credentials',
    /Access denied for user|password authentication failed|no pg_hba\.conf entry|\bNOAUTH\b|\bWRONGPASS\b|invalid username-password pair|(?:SASL|SCRAM|Mongo|AMQP|ACCESS_REFUSED|LDAP).{0,60}[Aa]uthentication (?:failed|failure)|SaslAuthenticationException|\bACCESS_REFUSED\b|Login failed for user|ORA-01017|LDAP: error code 49|role ".*" does not exist/,
  ],
  [
    'tooManyConnections',
    /Too many connections|too many clients already|connection slots are reserved|max number of clients reached/,
  ],
  [
    'readOnly',
    /read-only transaction|READONLY You can't write|--(?:super-)?read-only option|not (?:primary|master) and|NotWritablePrimary|database is read-only|in read-only mode/,
  ],
  ['noSpace', /No space left on device|no space left on device|\bENOSPC\b|could not extend file/],
  [
    'tls',
    /\bx509: |tls: (?!.*\bi\/o timeout)|certificate verify failed|certificate has expired|CERT_HAS_EXPIRED|self[- ]signed certificate|unable to verify the first certificate|unable to get local issuer|PKIX path|SSLHandshakeException|(?:SSL|TLS) handshake|handshake failure/,
  ],
  [
    'nameUnknown',
    /no such host|lookup \S+ on \S+: .*i\/o timeout|\bENOTFOUND\b|\bEAI_AGAIN\b|\bEAI_NONAME\b|Name or service not known|Temporary failure in name resolution|UnknownHostException|could not translate host name|nodename nor servname|Name does not resolve|Unknown (?:MySQL )?server host|server misbehaving|getaddrinfo failed/,
  ],
  [
    'timeout',
    /i\/o timeout|\bETIMEDOUT\b|[Cc]onnection timed out|connect timed out|[Cc]onnectTimeout|[Tt]imeout expired|no route to host|No route to host|\bEHOSTUNREACH\b|[Nn]etwork is unreachable|\bENETUNREACH\b/,
  ],
  ['refused', /\bECONNREFUSED\b|[Cc]onnection refused|actively refused/],
];

const HOST = String.raw`\[[\da-fA-F:.]+\]|[\w.-]+`;
/** Where a line names the host, the surest first; group 1 is the host, group 2 the port. */
const PLACES: readonly RegExp[] = [
  new RegExp(String.raw`\blookup (${HOST})(?: on |:)`),
  new RegExp(String.raw`\b(?:ENOTFOUND|EAI_AGAIN|EAI_NONAME) (${HOST})(?::(\d{2,5}))?`),
  new RegExp(`UnknownHostException: (${HOST})`),
  new RegExp(`host name "(${HOST})"`),
  new RegExp(`server host '(${HOST})'`),
  new RegExp(String.raw`\b[a-z][a-z\d+.-]*://(?:[^@\s/"']*@)?(${HOST})(?::(\d{1,5}))?`),
  new RegExp(String.raw`server at "(${HOST})"(?: \([^)]*\))?, port (\d{1,5})`),
  new RegExp(String.raw`host=['"]?(${HOST})['"]?,? port=['"]?(\d{1,5})`),
  new RegExp(String.raw`server on '(${HOST})(?::(\d{1,5}))?'`),
  new RegExp(String.raw`->(${HOST}):(\d{1,5})`),
  new RegExp(String.raw`\bECONNREFUSED (::1|${HOST}):(\d{1,5})`),
  new RegExp(
    String.raw`\b(?:dial|connect|Connect|connecting|connection) (?:tcp|udp|to) (?:node \S+ \()?(${HOST})(?:/[\d.]+)?:(\d{1,5})`,
  ),
];
/** Any other `host:port` of a line. */
const ANYWHERE = new RegExp(String.raw`(?<![\w.@/-])(${HOST})(?:/[\d.]+)?:(\d{2,5})(?![\w:])`, 'g');
const SOURCE_FILE = /\.(?:java|kt|scala|py|m?js|ts|go|rb|rs|cs?|cpp|php|ex|erl|lua|h)$/;

/** Lines of any container that tell of a dependency: what a running one that is not ready last complained of. */
export const dependencySignals = logSignals({
  component: { id: 'any' },
  patterns: {
    failing: {
      any: [
        'Access denied for user',
        'authentication failed',
        'Authentication failed',
        'no pg_hba.conf entry',
        'NOAUTH Authentication',
        'WRONGPASS',
        'ACCESS_REFUSED',
        'Login failed for user',
        'oo many connections',
        'too many clients already',
        'connection slots are reserved',
        'read-only',
        'READONLY You',
        'o space left on device',
        'x509: certificate',
        'certificate verify failed',
        'certificate has expired',
        'SSLHandshakeException',
        'handshake failure',
        'TLS handshake',
        'SSL handshake',
        'no such host',
        'ENOTFOUND',
        'EAI_AGAIN',
        'Name or service not known',
        'Temporary failure in name resolution',
        'UnknownHostException',
        'could not translate host name',
        'server misbehaving',
        'i/o timeout',
        'ETIMEDOUT',
        'onnection timed out',
        'connect timed out',
        'o route to host',
        'etwork is unreachable',
        'ECONNREFUSED',
        'onnection refused',
        'actively refused',
      ],
      re: new RegExp(FAILURES.map(([, words]) => words.source).join('|')),
    },
  },
});

/** Reads an error line; undefined when it tells of no dependency. */
export function dependencyError(text: string): DependencyError | undefined {
  const failure = FAILURES.find(([, words]) => words.test(text))?.[0];
  return failure && { failure, ...addressIn(text) };
}

function addressIn(text: string): { host?: string; port?: number } {
  for (const place of PLACES) {
    const match = place.exec(text);
    const host = hostName(match?.[1]);
    if (host) return { host, ...portOf(match?.[2]) };
  }
  for (const [, name, port] of text.matchAll(ANYWHERE)) {
    const host = hostName(name);
    if (host) return { host, ...portOf(port) };
  }
  return {};
}

/** A host when the word can be one: an address, or a name with a letter that is no source file. */
function hostName(word: string | undefined): string | undefined {
  const name = word?.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (!name || SOURCE_FILE.test(name)) return undefined;
  return /[a-z]/.test(name) || name.includes(':') || /^\d+(?:\.\d+){3}$/.test(name) ? name : undefined;
}

function portOf(text: string | undefined): { port?: number } {
  return text === undefined ? {} : { port: Number(text) };
}
