import type { Detector } from './detector.ts';
import { decodesToPair } from './harmless.ts';
import { isRedacted } from './rules.ts';
import type { Span } from './span.ts';

/** A token recognised by its own form, wherever it stands. */
interface TokenShape {
  readonly rule: string;
  readonly triggers: readonly string[];
  /** Global; the first group, or the whole match, is the secret. */
  readonly pattern: RegExp;
  /** Decides what the pattern cannot; absent: every match is a secret. */
  confirm?(secret: string): boolean;
}

/** Forms documented by who issues them; a pattern has no nested quantifier and consumes what it looked at. */
const SHAPES: readonly TokenShape[] = [
  {
    rule: 'jwt',
    triggers: ['.eyJ', 'eyJh', 'eyJ0', 'eyJr', 'eyJl', 'eyJj', 'eyJ4', 'eyJ6', 'eyJi'],
    pattern: /eyJ[\w-]*(?:\.[\w-]*){0,4}/g,
    confirm: isJwt,
  },
  {
    rule: 'registry-credentials',
    triggers: ['eyJh', 'eyAi', 'ewog', 'ewoJ'],
    pattern:
      /(?:eyJhdXRocyI6|eyAiYXV0aHMi|ewogICJhdXRocyI6|ewogICAgImF1dGhzIj|ewoJImF1dGhzIj)[\w+/-]*={0,2}/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['AKIA', 'ASIA'],
    pattern: /(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'hub_'],
    pattern: /(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['glpa', 'gldt', 'glrt', 'glcb', 'glpt', 'glag', 'gloa'],
    pattern: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|agent|oas)-[\w.-]{16,255}/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['xoxa', 'xoxb', 'xoxe', 'xoxo', 'xoxp', 'xoxr', 'xoxs', 'xapp'],
    pattern: /(?<![A-Za-z0-9])(?:xox[abeoprs]|xapp)-[\w.-]{10,255}/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['AIza', 'ya29'],
    pattern: /(?<![A-Za-z0-9])(?:AIza[\w-]{35}|ya29\.[\w-]{20,2048})/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['sk_l', 'sk_t', 'rk_l', 'rk_t', 'whse'],
    pattern: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}|whsec_[\w+/=]{16,255})/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['sk-p', 'sk-a', 'sk-s', 'k-or'],
    pattern: /(?<![A-Za-z0-9-])sk-(?:proj|ant|svcacct|admin|or)-[\w-]{20,255}/g,
  },
  {
    rule: 'cloud-token',
    triggers: [
      'npm_',
      'pypi',
      'dop_',
      'doo_',
      'dckr',
      'kpat',
      'spat',
      'hvs.',
      'hvb.',
      'hvr.',
      'AGE-',
      'nvap',
      'hf_A',
    ],
    pattern:
      /(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{30,64}|pypi-[\w-]{40,512}|do[op]_v1_[a-f0-9]{40,128}|dckr_(?:pat|oat)_[\w-]{20,64}|[ks]pat_[A-Za-z0-9]{30,255}|hv[sbr]\.[\w-]{20,512}|AGE-SECRET-KEY-1[A-Z0-9]{40,80}|nvapi-[\w-]{40,128})/g,
  },
  { rule: 'cloud-token', triggers: ['sig='], pattern: /[?&;]sig=([\w%+/-]{20,255}={0,2})/g },
  {
    rule: 'webhook-url',
    triggers: ['ks.s', 'bhoo', 'okb2', '/bot'],
    pattern:
      /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks\/\d{1,32}|webhook\.office\.com\/webhookb2|api\.telegram\.org\/bot(?=\d))\/?([\w@:/-]{12,512})/g,
  },
  {
    rule: 'private-key',
    triggers: ['LS0t'],
    pattern: /LS0tLS1CRUdJTi[\w+/-]*={0,2}/g,
    confirm: (secret) => /PRIVATE KEY/.test(Buffer.from(secret, 'base64').toString('latin1')),
  },
  {
    rule: 'authorization-header',
    triggers: ['arer', 'ARER'],
    pattern: /\b(?:[Bb]earer|BEARER)(?:[ \t]{1,8}|%20|\+)([\w.~+/-]{8,8192}={0,2})/g,
    confirm: (secret) =>
      secret.length >= 12 && /\d/.test(secret) && /[A-Za-z]/.test(secret) && !/^[a-z]+[/-]/.test(secret),
  },
  {
    rule: 'authorization-header',
    triggers: ['asic', 'ASIC'],
    pattern: /\b(?:[Bb]asic|BASIC)[ \t]{1,8}([\w+/-]{4,8192}={0,2})/g,
    confirm: decodesToPair,
  },
];

/** Headers that carry credentials: what follows the scheme goes, the scheme stays. */
const AUTHORIZATION =
  /authorization(?:\\{0,15}["'`])?[ \t]{0,8}[:=,]?[ \t]{0,8}\[?(?:\\{0,15}["'`])?(basic|bearer|token|apikey|negotiate|ntlm|key|sharedkey|digest|hmac|aws4-hmac-sha256|googlelogin|splunk|sso-key)[ \t]{1,8}/gi;
const COOKIE = /cookie2?(?:\\{0,15}["'`])?[ \t]{0,8}[:=][ \t]{0,8}\[?(\\{0,15}["'`])?(?=[\w.%-]{1,128}=)/gi;

/** Tokens that are recognised by their form, one detector for each form. */
export const tokenShapes: readonly Detector[] = SHAPES.map(({ rule, triggers, pattern, confirm }) => ({
  triggers,
  find(text, _atLineStart, spans) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[0];
      if (confirm && !confirm(secret)) continue;
      const start = match.index + match[0].length - secret.length;
      spans.push({ start, end: start + secret.length, rule });
    }
  },
}));

/** Authorization and cookie headers as logs, configuration files and dumps print them. */
export const headers: Detector = {
  triggers: ['oriz', 'ORIZ', 'ooki', 'OOKI'],
  find(text, _atLineStart, spans) {
    eachAfter(AUTHORIZATION, text, (match, start) => {
      const listed = /^(?:digest|hmac|aws4)/i.test(match[1] ?? '');
      return addHeader(text, start, listed ? /['\n]|\\"|\]/ : /[ \t\r\n"'\\,;\])}]/, spans);
    });
    eachAfter(COOKIE, text, (match, start) =>
      addHeader(text, start, match[1] ? /["'`]|\\"/ : /["'`]|\\[nr"]/, spans),
    );
  },
};

/** Calls back for each match; the callback says where the search goes on, so that no text is read twice. */
function eachAfter(
  pattern: RegExp,
  text: string,
  visit: (match: RegExpExecArray, start: number) => number,
): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    pattern.lastIndex = visit(match, pattern.lastIndex);
  }
}

function addHeader(text: string, start: number, stop: RegExp, spans: Span[]): number {
  const length = text.slice(start).search(stop);
  const end = length === -1 ? text.length : start + length;
  const value = text.slice(start, end);
  const variable = /^(?:\$[({]?\w+[)}]?|\{\{[^{}]*\}\}|\*+|<\w+>)$/.test(value);
  if (value !== '' && !isRedacted(value) && !variable)
    spans.push({ start, end, rule: 'authorization-header' });
  return end;
}

function isJwt(token: string): boolean {
  const parts = token.split('.');
  // A signature without its payload (RFC 7515 appendix F), as in the ConfigMap `cluster-info`.
  if (parts.length === 3 && parts[1] === '')
    return (parts[0] ?? '').length >= 10 && (parts[2] ?? '').length >= 20;
  if ((parts[0] ?? '').length < 10 || (parts[1] ?? '').length < (parts.length === 5 ? 0 : 4)) return false;
  return parts.length === 5 || /^ey[A-Za-z]/.test(parts[1] ?? '');
}
