import type { Telling } from './names.ts';
import { isRedacted } from './rules.ts';

/** Switches and absences: nothing anyone would guess a password from. */
const EMPTY = /^(?:""|''|\[\]|\{\}|\(\)|<>)$/;
const WORD =
  /^(?:true|false|null|nil|none|undefined|yes|no|on|off|enabled|disabled|<nil>|<none>|<unset>|<empty>|\(null\)|n\/a)$/i;
/** Masks other tools leave behind: `****`, `xxxxx` (Go's redacted URL), `<redacted>`, `[FILTERED]`. */
const MASK =
  /^(?:[*•.]+|x{3,}|X{3,}|[*]{3}HIDDEN[*]{3}|[<[(]?(?:redacted|masked|hidden|filtered|removed|omitted|sanitized)[>\])]?)$/i;
/** Variables: `$(DB_PASSWORD)`, `${DB_PASSWORD}`, `$DB_PASSWORD`, `{{ .Values.password }}`, `%(password)s`, `%PASSWORD%`. */
const VARIABLE =
  /^(?:\$\([\w.-]+\)|\$\{[\w.-]+\}|\$[A-Za-z_]\w*|\{\{[^{}]{0,200}\}\}|\{[A-Za-z_][\w.]*\}|%\(\w+\)s|%[A-Z_]+%|%[sdvq]|<[a-z][\w -]{0,40}>)$/;
/** Absolute paths below directories where programs keep files; base64 may start with a slash too, so the roots are named. */
const PATH =
  /^(?:file:\/\/)?\/(?:var|etc|run|opt|usr|home|root|tmp|mnt|data|secrets?|certs?|config|app|srv|vault|kong|kong_prefix|proc|dev|credentials?|tokens?|keys?|workspace)(?:\/[\w.@+-]+)*\/?$/;
/** File names: the flags of TLS keys take relative paths too. */
const FILE_NAME =
  /^(?:\.{0,2}\/)?[\w./-]{1,200}\.(?:key|pem|crt|cer|p12|pfx|jks|json|ya?ml|conf|txt|env|kubeconfig)$/;
/** References into secret stores and names of cloud objects. */
const STORE =
  /^(?:arn:aws[\w-]*:[\w-]+:|vault:|ref\+\w+:\/\/|op:\/\/|projects\/[\w-]+\/secrets\/|(?:aws|gcp|azure)-sm:)/;
/** Public halves of SSH keys, and hashes that say so themselves, as in `--discovery-token-ca-cert-hash`. */
const PUBLIC = /^(?:ssh-(?:rsa|ed25519|dss) |ecdsa-sha2-|sha(?:1|256|384|512):[0-9a-f]{16,128}$)/;
const CERTIFICATES = /^-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=\\-]*$/;
/** Longer values are taken for secrets whatever they look like: no path, variable or reference is longer. */
const LONGEST = 2048;
/** `namespace/name` of an object, as structured Kubernetes logs print it. */
const OBJECT_KEY = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const OBJECT_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const QUANTITY = /^-?\d{1,4}(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|%|[KMGT]i?B?|B)?$/;
/** A Go duration: `8760h0m0s`. */
const DURATION = /^(?:\d{1,7}h)?(?:\d{1,7}m)?(?:\d{1,7}(?:\.\d{1,9})?s)?$/;
/** Digits as sent to telephones, or the base32 text of a seed (RFC 4226, RFC 6238). */
const CODE = /^(?:\d{4,10}|[A-Z2-7]{16,128}=*)$/i;
/** What an access token looks like; a search pattern called `pat` or a grain of `salt` does not. */
const TOKEN = /^[\w.+/=-]{6,}$/;
/** Shortest value of `license` that is a licence document and not its SPDX id (the longest ids are below). */
const LICENSE_LENGTH = 40;

/** Whether a value beside a telling name is no secret: a switch, a mask, a variable, a path, a reference. */
export function isHarmless(name: string, kind: Telling, value: string): boolean {
  const text = value.trim();
  if (text === '' || isRedacted(text) || CERTIFICATES.test(text)) return true;
  if (kind === 'own' || text.length > LONGEST) return false;
  if (EMPTY.test(text) || WORD.test(text) || MASK.test(text) || VARIABLE.test(text)) return true;
  if (PATH.test(text) || STORE.test(text) || PUBLIC.test(text)) return true;
  if (FILE_NAME.test(text)) return /key|cert|cred|token|license/i.test(name);
  if (/^(?:old)?pwd$/i.test(name) && text.startsWith('/')) return true;
  if (/secrets?$|credentials?$/i.test(name) && OBJECT_KEY.test(text)) return true;
  if (/^\d{1,9}$/.test(text) && (/(?:tokens|credentials)$/i.test(name) || /^pass$/i.test(name))) return true;
  if (/^(?:pat|salt)$/i.test(name) && !TOKEN.test(text)) return true;
  if (kind === 'code') return !CODE.test(text);
  if (kind === 'within') return QUANTITY.test(text) || DURATION.test(text);
  if (kind === 'license') return !text.startsWith('{') && (text.length < LICENSE_LENGTH || /\s/.test(text));
  if (kind === 'reference') return OBJECT_NAME.test(text);
  return kind === 'pair' && !isUserAndPassword(text);
}

/** Whether a text is `user:password`, plain or in base64, as in HTTP basic authentication and registry files. */
export function isUserAndPassword(text: string): boolean {
  if (/^[\w.@+-]{1,128}:[^\s/][^\s]{0,512}$/.test(text)) return true;
  return decodesToPair(text);
}

/** Whether a text is base64 of printable `user:password`. */
export function decodesToPair(text: string): boolean {
  if (text.length < 4 || text.length > 8192 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return false;
  return /^[\x20-\x39\x3b-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(text, 'base64').toString('latin1'));
}
