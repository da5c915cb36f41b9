/** One redaction rule as shown in manifests, `inspect` and reports: data, so that counts can be read without code. */
export interface RedactionRule {
  readonly id: string;
  /** Noun phrase: what the rule removes. */
  readonly title: string;
}

/** Every rule, in the order counts are listed. */
export const REDACTION_RULES = [
  { id: 'secret-data', title: 'Values of Secrets, except public certificates' },
  { id: 'env-value', title: 'Values of name and value pairs with a telling name' },
  { id: 'argument', title: 'Values of command line arguments with a telling name' },
  { id: 'named-value', title: 'Values beside a telling name, in fields and in text' },
  { id: 'private-key', title: 'Private keys' },
  { id: 'authorization-header', title: 'Credentials of authorization and cookie headers' },
  { id: 'url-credentials', title: 'Credentials in URLs and connection strings' },
  { id: 'jwt', title: 'JSON Web Tokens' },
  { id: 'cloud-token', title: 'Access tokens of clouds, registries, code hosts and chat services' },
  { id: 'webhook-url', title: 'Webhook URLs that carry their own token' },
  { id: 'registry-credentials', title: 'Credentials of container registries' },
  { id: 'join-token', title: 'Tokens that let nodes join a cluster' },
  { id: 'password-hash', title: 'Hashes of passwords' },
  { id: 'known-value', title: 'Values of Secrets of the cluster, wherever they reappear' },
  { id: 'own-rule', title: 'Values beside names, and fields, of the rules file given' },
  { id: 'opaque-data', title: 'Embedded data that cannot be looked into' },
  { id: 'obfuscated-name', title: 'Names and addresses replaced by pseudonyms, not secrets' },
  { id: 'embedded-json', title: 'Embedded objects that cannot be parsed' },
] as const satisfies readonly RedactionRule[];

/** How often each rule replaced something, in the order of the rule table; rules that did nothing are left out. */
export type Redactions = ReadonlyMap<string, number>;

/** A short name of a secret, lower-case letters and digits, equal for equal secrets. */
export type Pseudonym = (secret: string) => string;

/** Counts replacements while a value, text or stream is being redacted, and says what stands in their place. */
export interface Tally {
  add(rule: string, count?: number): void;
  /** The mark for one secret that is at hand as a whole; with pseudonyms it tells equal secrets. */
  mark(rule: string, secret: string): string;
  readonly redactions: Redactions;
}

const NOTHING: Redactions = new Map();

/** An empty tally; without `pseudonym` all marks of a rule are the same. */
export function createTally(pseudonym?: Pseudonym): Tally {
  // Most objects hold nothing that is counted.
  let counts: Map<string, number> | undefined;
  return {
    add(rule, count = 1) {
      counts ??= new Map();
      counts.set(rule, (counts.get(rule) ?? 0) + count);
    },
    mark: (rule, secret) => mark(pseudonym === undefined ? rule : `${rule}-${pseudonym(secret)}`),
    get redactions() {
      return counts === undefined ? NOTHING : inRuleOrder(counts);
    },
  };
}

/** What stands in a text where a secret was. */
export function mark(rule: string): string {
  return `[REDACTED:${rule}]`;
}

const MARK = /\[REDACTED:[a-z][a-z0-9-]{0,63}\]/g;
/** What may stand around marks without being a secret: quotes, brackets, separators and escapes of them. */
const PADDING = /^[\s"'`\\,;:|()[\]{}<>.-]*$/;

/** Whether a text holds nothing but marks and punctuation, so that a second redaction leaves it alone. */
export function isRedacted(text: string): boolean {
  if (!text.includes('[REDACTED:')) return false;
  return PADDING.test(text.replace(MARK, ''));
}

function inRuleOrder(counts: ReadonlyMap<string, number>): Redactions {
  const ordered = new Map<string, number>();
  for (const { id } of REDACTION_RULES) {
    const count = counts.get(id);
    if (count !== undefined) ordered.set(id, count);
  }
  for (const id of [...counts.keys()].sort()) ordered.set(id, counts.get(id) ?? 0);
  return ordered;
}
