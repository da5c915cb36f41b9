import { isHarmless } from './harmless.ts';
import { SHORTEST_KNOWN } from './known-values.ts';
import { telling } from './names.ts';
import { publicCertificates } from './secret.ts';
import { isFields } from './walk.ts';

/** Longer single lines are not searched for: they are data, and the shapes of keys and archives find them. */
const LONGEST = 16 * 1024;
/** Lines and fields taken of one value. */
const MAX_PARTS = 2000;
const MAX_DEPTH = 8;
/** Found in so many places that removing them would say nothing and hide much. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'password passw0rd changeme changeit postgres postgresql username kubernetes default localhost undefined ' +
    'disabled required optional internal external production development staging 12345678 123456789 1234567890 ' +
    '00000000 admin123 password1 password123 secret123 qwertyui administrator'
  ).split(' '),
);
const PEM_EDGE = /^-----(?:BEGIN|END) /;
const ENTRY = /^\s*(?:export\s+)?["']?([\w./-]{1,253})["']?\s*[:=]\s*["']?(.*?)["']?[,;]?\s*$/;

/**
 * The single lines of a Secret's values that are worth looking for elsewhere. Left out are public certificates,
 * and values too short or too common to mean anything: words, numbers, names of hosts and objects, paths, plain URLs.
 */
export function secretAtoms(secret: unknown): readonly string[] {
  if (!isFields(secret)) return [];
  const atoms = new Set<string>();
  for (const field of ['data', 'stringData'] as const) {
    const data = secret[field];
    if (!isFields(data)) continue;
    for (const [key, value] of Object.entries(data)) {
      if (typeof value !== 'string') continue;
      addText(key, field === 'data' ? Buffer.from(value, 'base64').toString() : value, atoms);
    }
  }
  return [...atoms];
}

function addText(key: string, text: string, atoms: Set<string>): void {
  if (text.includes('\ufffd') || publicCertificates(text) === text) return;
  const parsed = /^\s*[{[]/.test(text) ? parsedJson(text) : undefined;
  if (parsed !== undefined) {
    addJson(key, parsed, { atoms, depth: 0 });
    return;
  }
  const lines = text.split(/\r?\n/).slice(0, MAX_PARTS);
  let isPublic = false;
  for (const line of lines) {
    if (PEM_EDGE.test(line)) isPublic = /BEGIN (?:CERTIFICATE|PUBLIC)/.test(line);
    else if (!isPublic) addLine(key, line.trim(), lines.length > 1, atoms);
  }
}

function addLine(key: string, line: string, isOneOfMany: boolean, atoms: Set<string>): void {
  if (isWorth(key, line, isOneOfMany)) atoms.add(line);
  const [, name = '', value = ''] = ENTRY.exec(line) ?? [];
  if (name !== '' && isWorth(name, value, true)) atoms.add(value);
}

function addJson(
  key: string,
  value: unknown,
  at: { readonly atoms: Set<string>; readonly depth: number },
): void {
  if (typeof value === 'string') {
    if (isWorth(key, value, true)) at.atoms.add(value);
    const [, password = ''] = /^[^:]+:(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? [];
    if (key === 'auth' && isWorth('password', password, true)) at.atoms.add(password);
    return;
  }
  if (typeof value !== 'object' || value === null || at.depth >= MAX_DEPTH) return;
  for (const [name, inner] of Object.entries(value).slice(0, MAX_PARTS)) {
    addJson(Array.isArray(value) ? key : name, inner, { ...at, depth: at.depth + 1 });
  }
}

/** Whether a line is long and rare enough; beside a telling name, all but the commonest are. */
function isWorth(name: string, line: string, isOneOfMany: boolean): boolean {
  if (line.length < SHORTEST_KNOWN || line.length > LONGEST || COMMON.has(line.toLowerCase())) return false;
  const kind = telling(name);
  if (isHarmless(name, kind ?? 'last', line)) return false;
  if (kind !== undefined && kind !== 'within' && !isOneOfMany) return true;
  if (kind !== undefined && !/\s/.test(line)) return true;
  return isRare(line);
}

function isRare(line: string): boolean {
  if (/^\d{1,11}$/.test(line) || /^[\w.+-]+@[\w.-]+\.\w+$/.test(line)) return false;
  if (/^\w[\w+.-]*:\/\/[^@\s]*$/.test(line) || /^\.{0,2}\/[\w./-]*$/.test(line)) return false;
  // Prose, settings and names are made of words; a secret mixes digits, or both cases, within one.
  return line.split(/[^A-Za-z0-9+/=]+/).some((word) => word.length >= SHORTEST_KNOWN && isMixed(word));
}

function isMixed(word: string): boolean {
  const digits = word.match(/\d/g)?.length ?? 0;
  const turns = word.match(/[a-z][A-Z0-9]|[A-Z0-9][a-z]|[A-Z]\d|\d[A-Z]/g)?.length ?? 0;
  return (digits >= 2 && turns >= 2) || turns >= 5;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
