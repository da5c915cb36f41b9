import { type IpAddress, parseIp4, parseIp6 } from './address-cipher.ts';
import { isWord } from './name-index.ts';

/** An address as it stands in a text. */
export interface FoundAddress {
  readonly address: IpAddress;
  /** `10.0.0.1`, `fd00::1`. */
  readonly text: string;
  /** Bits of the network, where it is a range: `10.0.0.0/16`. */
  readonly prefix?: string;
  /** `-` within the names of machines and of pods in DNS. */
  readonly separator: '.' | ':' | '-';
  /** Where it begins, from the word that was asked for, and what it takes up. */
  readonly offset: number;
  readonly length: number;
}

const IP4 = /(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2})(?!\d))?(?![A-Za-z0-9]|\.\d)/y;
const IP6 =
  /([0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,7}(?:::)?(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,7})?)(?:\/(\d{1,3})(?!\d))?(?![A-Za-z0-9]|:[0-9A-Fa-f:]|\.\d)/y;
/** Names of machines in clouds, and of pods in DNS. */
const MACHINE = /ip-(\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})(?!\d)/y;
const POD = /(\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})(?=\.[a-z0-9-]{1,63}\.pod\b)/y;

/** Four numbers that begin like a version are an address only where something says so. */
const SMALLEST = 10;
const TELLS_ADDRESS =
  /(?:\/\/|@|(?:ip|ips|addr|addrs|address|addresses|host|server|endpoint|cidr|cidrs|peer|upstream|client)(?:["']\s{0,2}:\s{0,2}\[?["']?|:\s{1,2}["']?|\s{0,2}=\s{0,2}["']?))$/i;
const TELLS_PORT = /:\d{2,5}(?!\d)/y;

const DOT = 46;
const COLON = 58;
const DASH = 45;

/** The address that begins with a word of a text; undefined: none does. */
export function addressAt(
  text: string,
  at: number,
  end: number,
  isKnown: (address: string) => boolean,
): FoundAddress | undefined {
  const length = end - at;
  if (length > 4) return undefined;
  const behind = text.charCodeAt(end);
  if (behind === DOT)
    return length > 3 || !isDigit(text.charCodeAt(at)) ? undefined : dotted(text, at, isKnown);
  if (behind === DASH) return dashed(text, at, length);
  return behind === COLON ? colons(text, at) : undefined;
}

function dotted(text: string, at: number, isKnown: (address: string) => boolean): FoundAddress | undefined {
  if (text.charCodeAt(at - 1) === DOT) return undefined;
  const [found = '', shown = '', prefix] = matchAt(IP4, text, at) ?? [];
  const address = parseIp4(shown);
  if (address === undefined || Number(prefix ?? 0) > 32) return undefined;
  const one = { address, text: shown, prefix, separator: '.', offset: 0, length: found.length } as const;
  if ((address[0] ?? 0) >= SMALLEST || address[0] === 0 || prefix !== undefined || isKnown(shown)) return one;
  TELLS_PORT.lastIndex = at + found.length;
  return TELLS_PORT.test(text) || TELLS_ADDRESS.test(text.slice(Math.max(0, at - 24), at)) ? one : undefined;
}

function dashed(text: string, at: number, length: number): FoundAddress | undefined {
  const isMachine = length === 2 && text.startsWith('ip-', at);
  if (!isMachine && (length > 3 || !isDigit(text.charCodeAt(at)) || text.charCodeAt(at - 1) === DASH))
    return undefined;
  const shown = matchAt(isMachine ? MACHINE : POD, text, at)?.[1];
  if (shown === undefined) return undefined;
  const dots = shown.replaceAll('-', '.');
  const address = parseIp4(dots);
  if (address === undefined || (address[0] ?? 0) < SMALLEST) return undefined;
  const offset = isMachine ? 3 : 0;
  return { address, text: dots, separator: '-', offset, length: offset + shown.length };
}

function colons(text: string, at: number): FoundAddress | undefined {
  const before = text.charCodeAt(at - 1);
  if (before === COLON || before === DOT || !hasColonsOfAddress(text, at)) return undefined;
  const [found = '', shown = '', prefix] = matchAt(IP6, text, at) ?? [];
  if (!shown.includes('::') && shown.length < 15) return undefined;
  const address = parseIp6(shown);
  if (address === undefined || Number(prefix ?? 0) > 128) return undefined;
  return { address, text: shown, prefix, separator: ':', offset: 0, length: found.length };
}

/** Two colons in a row, or seven: times have two apart, addresses of network cards five. */
function hasColonsOfAddress(text: string, at: number): boolean {
  let colons = 0;
  for (let next = at; next < at + 40; next++) {
    const code = text.charCodeAt(next);
    if (code === COLON && (++colons === 7 || text.charCodeAt(next + 1) === COLON)) return true;
    if (code !== COLON && !isWord(code)) return false;
  }
  return false;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function isDigit(code: number): boolean {
  return isWord(code) && code <= 57;
}
