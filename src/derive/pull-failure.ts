import { parseImage, registryName } from './image-reference.ts';

/** What stopped an image from being pulled, told apart where the remedy differs. */
export type PullFailure =
  | 'nameNotResolved'
  | 'unreachable'
  | 'failing'
  | 'certificateRejected'
  | 'plainHttp'
  | 'rateLimited'
  | 'mirrorRefuses'
  | 'missingOrDenied'
  | 'accessDenied'
  | 'notFound'
  | 'noSuchPlatform'
  | 'signatureRejected'
  | 'diskFull'
  | 'runtimeNotAnswering';

/** A pull error read: its class, the host it names, and its last words. */
export interface PullError {
  /** Undefined when the words belong to no known class, or when there are none. */
  readonly failure: PullFailure | undefined;
  /** Host of the registry or mirror that was asked, as people know it. */
  readonly host: string;
  readonly detail: string;
}

/**
 * Words of containerd, CRI-O, cri-dockerd and registries, the more telling first: a timeout of the lookup is
 * the name service's, a missing platform ends in `not found` too (facts: analyzer-catalog.md P03).
 */
const WORDS: readonly (readonly [PullFailure, RegExp])[] = [
  ['diskFull', /\bno space left on device\b/],
  ['rateLimited', /\btoomanyrequests\b|\b429 Too Many Requests\b|\brate limit\b/i],
  [
    'noSuchPlatform',
    /\bno match for platform\b|\bno matching manifest for\b|\bno image found in (?:manifest list|image index) for\b/i,
  ],
  ['plainHttp', /\bserver gave HTTP response to HTTPS client\b/],
  ['certificateRejected', /\bx509: |\btls: /],
  [
    'nameNotResolved',
    /\bno such host\b|\bserver misbehaving\b|\bname resolution\b|\blookup [\w.-]+(?: on |: )|\bUnknown host\b/,
  ],
  [
    'unreachable',
    /\bi\/o timeout\b|\bconnection (?:refused|reset by peer)\b|\bno route to host\b|\bnetwork is unreachable\b|\bTLS handshake timeout\b|\bdeadline exceeded\b|\bClient\.Timeout\b|\bproxyconnect\b|: EOF$/,
  ],
  ['failing', /\b50\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)/i],
  ['missingOrDenied', /\bpull access denied\b|\brepository does not exist\b/],
  [
    'accessDenied',
    /\bunauthorized\b|\b401\b|\b403\b|\bforbidden\b|\bauthentication required\b|\binsufficient_scope\b|\bauthorization failed\b|\bno basic auth credentials\b|\b(?:access )?denied\b|\bfetch (?:anonymous|oauth) token\b/i,
  ],
  [
    'signatureRejected',
    /\bSignatureValidationFailed\b|\bSource image rejected\b|\bsignature (?:validation|verification)\b/i,
  ],
  ['notFound', /\bnot found\b|\bmanifest unknown\b|\bname unknown\b|\b404\b/i],
];

/** gRPC quotes its transport's error, so this one is looked for in the whole text. */
const RUNTIME_SOCKET = /\bdial unix \/[\w./-]+\.sock\b/;

const URL = /https?:\/\/(?:[^\s"/@]*@)?([^\s"/?]+)(\/[^\s"?]*)?(\?[^\s"]*)?/g;
/** What every pull error begins with; the cause stands behind it. */
const PREFIX =
  /^(?:Back-off pulling image "[^"]*"|Failed to pull image "[^"]*"|ErrImagePull|rpc error: code = \w+ desc = (?:Error response from daemon)?|failed to pull and unpack image "[^"]*"|failed to resolve (?:reference|image) "[^"]*"|failed to do request|failed to copy|initializing source [^ ]+|pinging container registry [^ ]+?|Error response from daemon):?\s*/;

/** Reads the waiting message of a container or the event of a failed pull. */
export function readPullError(message: string, image: string): PullError {
  const reference = parseImage(image);
  const registry = reference?.registry ?? 'docker.io';
  const asked = [...message.matchAll(URL)].at(-1);
  const looked = /\blookup ([\w.-]+?)(?: on |: )/.exec(message)?.[1];
  const host = looked ?? asked?.[1];
  const known = host === undefined ? registry : registryName(host);
  const words = bareWords(message, image, reference?.repository);
  const failure = RUNTIME_SOCKET.test(message)
    ? 'runtimeNotAnswering'
    : WORDS.find(([, pattern]) => pattern.test(words))?.[0];
  // A mirror answers for another registry: containerd asks it for /v2/… and names the registry as `ns`.
  const mirrored = known !== registry && asked?.[2]?.startsWith('/v2/') === true;
  return {
    failure: failure === 'accessDenied' && mirrored ? 'mirrorRefuses' : failure,
    host: known,
    detail: lastWords(message),
  };
}

/** The message without names that could hold any word: quoted strings, URLs, the image itself. */
function bareWords(message: string, image: string, repository: string | undefined): string {
  let words = message.replace(/"[^"]*"/g, '""').replace(URL, '');
  for (const name of [image, repository]) if (name) words = words.replaceAll(name, '');
  return words.trim();
}

function lastWords(message: string): string {
  let rest = message.trim();
  for (let match = PREFIX.exec(rest); match && match[0].length < rest.length; match = PREFIX.exec(rest)) {
    rest = rest.slice(match[0].length);
  }
  return rest.replace(/\.$/, '');
}
