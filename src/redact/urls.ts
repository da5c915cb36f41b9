import type { Detector } from './detector.ts';
import { isHarmless } from './harmless.ts';
import type { Span } from './span.ts';

const RULE = 'url-credentials';
/** A URL up to what cannot be part of one; always matches something, so that no character is read twice. */
const URL_RUN = /:(?:\/\/|\\\/\\\/)[^ \t\r\n"'<>`]*/g;
const NEXT_URL = /[,;|][a-z][a-z0-9+.-]{1,31}:\/\//i;
/** Host, hosts of a replica set, or address, and what may follow it; digests (`@sha256:…`) are no hosts. */
const HOST =
  /^(?!sha(?:256|384|512):)(?:\[[0-9a-f:.%]{2,64}\]|[\w$(){}.-]{1,255}|%[0-9A-F]{2})(?::[\w$(){}-]{1,64})?(?:[/?#,;)\]}\\|:.&]|$)/i;
const FIRM_HOST = /^(?:[\w-]+\.[\w.-]+|localhost|\[|[\w.-]+:\d{1,5}(?:\D|$))/i;
const PORT_ONLY = /^[^:@]*:\d{1,5}$/;
/** `user:password@tcp(host:3306)/db` of the Go MySQL driver. */
const DSN = /[\w.-]{1,64}:([^ \t\r\n"'`]{1,256})@(?:tcp|unix|cloudsql[\w.-]{0,16})\(/dg;
/** `jdbc:oracle:thin:user/password@host`. */
const ORACLE = /jdbc:oracle:\w{1,8}:[\w$#.-]{1,64}\/([^ \t\r\n"'@]{1,256})@/dg;
/** `oauth2:token@host`, as git takes it without a scheme. */
const OAUTH = /\b(?:oauth2|x-access-token|x-token-auth):([^ \t\r\n"'@]{1,512})@/dg;
/** `-u user:password` of curl and its like. */
const USER_FLAG =
  /(?:^|[ \t"'])(?:-u|--user|--proxy-user)(?:[ \t]{1,4}|=)["']?[\w.@-]{1,128}:([^ \t\r\n"']{1,512})/dg;
const FETCHER = /curl|wget|http/i;

/** Credentials in URLs of any scheme, in Go data source names and in arguments of fetch programs. */
export const urlCredentials: Detector = {
  triggers: ['@', ' -u ', '-use', '"-u"'],
  find(text, _atLineStart, spans) {
    if (text.includes('@') && text.includes(':')) {
      for (const match of text.matchAll(URL_RUN)) {
        let from = match.index + (match[0].startsWith(':\\') ? 5 : 3);
        const end = match.index + match[0].length;
        for (let part = text.slice(from, end); part !== ''; part = text.slice(from, end)) {
          const next = NEXT_URL.exec(part);
          const url = next ? part.slice(0, next.index) : part;
          addCredentials(url, { from, scheme: schemeBefore(text, match.index) }, spans);
          if (!next) break;
          from += next.index + next[0].length;
        }
      }
      if (/@(?:tcp|unix|cloudsql)/.test(text)) addGroups(text, DSN, spans);
      addGroups(text, ORACLE, spans);
      addGroups(text, OAUTH, spans);
    }
    if (FETCHER.test(text)) addGroups(text, USER_FLAG, spans);
  },
};

function addCredentials(url: string, at: { from: number; scheme: string }, spans: Span[]): void {
  const split = userInfoEnd(url, at.scheme);
  if (split === undefined) return;
  const userInfo = url.slice(0, split);
  const colon = userInfo.indexOf(':');
  if (colon === -1) {
    if (isTokenUser(userInfo, at.scheme)) spans.push({ start: at.from, end: at.from + split, rule: RULE });
    return;
  }
  const password = userInfo.slice(colon + 1);
  if (password === '' || isHarmless('password', 'last', password) || /^xxxxx/.test(password)) return;
  spans.push({ start: at.from + colon + 1, end: at.from + split, rule: RULE });
}

/**
 * Where user and password end: at the last `@` of the authority, and further right where what follows it is no
 * host, because passwords hold `@`, `/`, `?` and `#` although they should be escaped.
 */
function userInfoEnd(url: string, scheme: string): number | undefined {
  const authority = url.search(/[/?#\\]/);
  const head = authority === -1 ? url : url.slice(0, authority);
  const inHead = head.lastIndexOf('@');
  if (inHead === -1) {
    if (!head.includes(':') || head.startsWith('[')) return undefined;
    if (PORT_ONLY.test(head) && /^(?:https?|wss?|grpcs?|oci|docker.*|tcp|udp|unix)$/i.test(scheme))
      return undefined;
    return hostAfter(url, head.length, PORT_ONLY.test(head));
  }
  if (!HOST.test(url.slice(inHead + 1))) return hostAfter(url, inHead + 1, false);
  if (FIRM_HOST.test(url.slice(inHead + 1)) || !head.slice(0, inHead).includes(':')) return inHead;
  return hostAfter(url, inHead + 1, true) ?? inHead;
}

function hostAfter(url: string, from: number, firmly: boolean): number | undefined {
  for (let at = url.lastIndexOf('@'); at >= from; at = at === 0 ? -1 : url.lastIndexOf('@', at - 1)) {
    const rest = url.slice(at + 1, at + 400);
    if (HOST.test(rest) && (!firmly || FIRM_HOST.test(rest))) return at;
  }
  return undefined;
}

/** Code hosts take a token as the user name; user names themselves are short and spelled in letters. */
function isTokenUser(user: string, scheme: string): boolean {
  if (!/^(?:git\+)?https?$/i.test(scheme)) return false;
  return user.length >= 16 && /\d/.test(user) && !isHarmless('token', 'last', user);
}

function schemeBefore(text: string, colon: number): string {
  return /[a-z][a-z0-9+.-]*$/i.exec(text.slice(Math.max(0, colon - 32), colon))?.[0] ?? '';
}

function addGroups(text: string, pattern: RegExp, spans: Span[]): void {
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.[1] ?? [0, 0];
    if (!isHarmless('password', 'last', text.slice(start, end))) spans.push({ start, end, rule: RULE });
  }
}
