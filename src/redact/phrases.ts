import type { Detector } from './detector.ts';

/** A secret told by the words around it; the first group of the pattern is the secret. */
interface Phrase {
  readonly rule: string;
  readonly triggers: readonly string[];
  /** Global, with indices. */
  readonly pattern: RegExp;
  /** Decides what the pattern cannot; absent: every match is a secret. */
  confirm?(secret: string): boolean;
}

/** Words say whether a token follows, not what it looks like: letters and digits mixed tell it from prose. */
const isMixed = (text: string): boolean => /\d/.test(text) && /[A-Za-z]/.test(text);

/** By the manuals of the programs; the parts between the words are bounded, so that each match is linear. */
const PHRASES: readonly Phrase[] = [
  {
    // `echo x | docker login --password-stdin`
    rule: 'argument',
    triggers: ['-std'],
    pattern:
      /\b(?:echo|printf)[ \t]{1,4}(?:-[neE]{1,3}[ \t]{1,4})?(?:["']?%[sb](?:\\n)?["']?[ \t]{1,4})?["']?([^ \t"'|;&$`][^ \t"'|;&]{0,1023})["']?[ \t]{0,4}\|[^|;&]{0,400}?--password-stdin\b/dg,
  },
  {
    rule: 'argument',
    triggers: ['-std'],
    pattern: /--password-stdin\b[^|;&]{0,200}?<<<[ \t]{0,4}["']?([^ \t"'|;&$`][^ \t"'|;&]{0,1023})/dg,
  },
  {
    // Keys that join a control plane: 32 bytes in hexadecimal digits (`kubeadm init --upload-certs`).
    rule: 'argument',
    triggers: ['e-ke', 'ateK'],
    pattern: /\bcertificate-?key["']?[ \t:=,"'\\]{1,8}([0-9a-f]{64})(?![0-9a-f])/dgi,
  },
  {
    // Bootstrap tokens are `[a-z0-9]{6}.[a-z0-9]{16}`; only the word beside them tells them from file names.
    rule: 'join-token',
    triggers: ['oken', 'OKEN'],
    pattern: /token[^\n]{0,40}?(?<![\w.])([a-z0-9]{6}\.[a-z0-9]{16})(?![\w.])/dgi,
  },
  {
    rule: 'join-token',
    triggers: ['oken', 'OKEN'],
    pattern: /token["']?[ \t:="']{1,6}(s\.[A-Za-z0-9]{24})(?![A-Za-z0-9])/dgi,
  },
  {
    // k3s and RKE2: `K10<hash of the authority>::<user>:<password>`.
    rule: 'join-token',
    triggers: ['::se', '::no', '::ag', '::bo'],
    pattern: /K10[0-9a-f]{64}::[\w-]{1,64}:([^ \t"',;]{4,512})/dg,
  },
  {
    rule: 'join-token',
    triggers: ['SWMT'],
    pattern: /(SWMTKN-1-[a-z0-9]{20,64}-[a-z0-9]{16,64})/dg,
  },
  {
    // libpq's password file: host:port:database:user:password.
    rule: 'named-value',
    triggers: [':543', ':*:*'],
    pattern:
      /(?:^|[ \t])[\w.*-]{1,255}:(?:543\d|\*):[\w*-]{1,64}:[\w*.-]{1,64}:([^ \t:][^ \t]{2,255})(?=[ \t]|$)/dgm,
  },
  {
    // crypt(3) and its relatives, as in htpasswd and shadow files.
    rule: 'password-hash',
    triggers: [
      '$apr',
      '$2a$',
      '$2b$',
      '$2y$',
      '$arg',
      '$y$j',
      ':$1$',
      ':$5$',
      ':$6$',
      '"$1$',
      '"$5$',
      '"$6$',
      ' $5$',
      ' $6$',
      '=$6$',
      '=$5$',
    ],
    pattern: /(\$(?:apr1|1|5|6|2[aby]|y|argon2(?:id|i|d))\$[\w./=,$+-]{8,256})/dg,
  },
  {
    // RFC 2307 and OpenLDAP.
    rule: 'password-hash',
    triggers: ['{SSH', '{SHA', '{CRY', '{MD5', '{SMD', '{PBK', '{ssh', '{sha', '{cry'],
    pattern: /\{(?:S?SHA(?:256|384|512)?|CRYPT|S?MD5|PBKDF2[\w-]{0,16})\}([\w+/=$.]{12,512})/dgi,
  },
  {
    rule: 'named-value',
    triggers: ['D BY', 'd by', 'd By'],
    pattern:
      /\bidentified[ \t]{1,4}(?:with[ \t]{1,4}[\w`'"]{1,64}[ \t]{1,4})?by[ \t]{1,4}(?:password[ \t]{1,4})?\\?["']([^"'\\]{1,512})/dgi,
  },
  {
    rule: 'named-value',
    triggers: ["RD '", "rd '", "rd \\'"],
    pattern:
      /\b(?:role|user|login|alter|create|encrypted|with|for|set)\b[^\n]{0,200}?\bpassword[ \t]{1,4}(?:=[ \t]{0,4}|to[ \t]{1,4})?\\?'([^'\\]{1,512})/dgi,
  },
  {
    rule: 'named-value',
    triggers: ['AUTH'],
    pattern: /(?:^|[ \t"])AUTH"?[ \t]{1,4}"?([^ \t"]{6,512})/dg,
    confirm: isMixed,
  },
  {
    rule: 'named-value',
    triggers: ['assw', 'ASSW', 'assp'],
    pattern:
      /\bpass(?:word|phrase)\b[^\n:=]{0,60}? (?:is|was set to)(?: now)?[ \t:]{1,3}["'`]?([^ \t"'`]{4,256})/dgi,
    confirm: (secret) => isMixed(secret) || /[^\w.,-]/.test(secret.slice(0, -1)),
  },
  {
    rule: 'named-value',
    triggers: ['seal'],
    pattern: /\b(?:unseal|recovery) key \d{1,2}:[ \t]{0,8}([\w+/=]{20,128})/dgi,
  },
  {
    // Ceph: 28 bytes in base64, which begin with type 1.
    rule: 'named-value',
    triggers: ['= AQ', ': AQ', '=AQA', '=AQB', '=AQC', '=AQD', '"AQA', '"AQB', '"AQC', '"AQD'],
    pattern: /\bkey"?[ \t]{0,4}[=:][ \t]{0,4}"?(AQ[\w+/]{36}==)/dg,
  },
  {
    rule: 'named-value',
    triggers: ['?cod', '&cod'],
    pattern: /[?&]code=([\w.~%/-]{10,2048})/dg,
    confirm: isMixed,
  },
  {
    // Events API keys of PagerDuty.
    rule: 'named-value',
    triggers: ['g_ke', 'e_ke', 'n_ke'],
    pattern:
      /\b(?:routing|service|integration)_key["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([0-9a-f]{32}|R0[A-Z0-9]{30})(?![0-9A-Za-z])/dg,
  },
  {
    rule: 'named-value',
    triggers: ['roco', 'rwco'],
    pattern: /\br[ow]community6?[ \t]{1,8}([^ \t]{1,128})/dg,
  },
  {
    // Private parts of a JSON Web Key (RFC 7518 §6).
    rule: 'private-key',
    triggers: ['"kty'],
    pattern: /"(?:d|p|q|dp|dq|qi|k)\\{0,15}"[ \t]{0,4}:[ \t]{0,4}\\{0,15}"([\w-]{16,8192})/dg,
  },
  {
    // A licence of Kong: its signature is what makes it usable.
    rule: 'named-value',
    triggers: ['natu'],
    pattern: /"signature\\{0,15}"[ \t]{0,4}:[ \t]{0,4}\\{0,15}"([0-9a-f]{64,1024})/dg,
  },
];

/** Secrets that only the words around them tell, found in commands, statements and messages. */
export const phrases: Detector = {
  triggers: [...new Set(PHRASES.flatMap(({ triggers }) => triggers))],
  find(text, _atLineStart, spans) {
    for (const { rule, triggers, pattern, confirm } of PHRASES) {
      if (!triggers.some((trigger) => text.includes(trigger))) continue;
      for (const match of text.matchAll(pattern)) {
        const [start, end] = match.indices?.[1] ?? [0, 0];
        if (confirm && !confirm(text.slice(start, end))) continue;
        spans.push({ start, end, rule });
      }
    }
  },
};
