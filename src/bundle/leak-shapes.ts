/** A form only secrets have, for the scan of a finished bundle; written apart from the redaction it checks. */
export interface LeakShape {
  readonly id: string;
  isIn(text: string): boolean;
}

/** What marks look like, whatever their rule; a shape that ends in one is none. */
const MARK = '[REDACTED:';
const SECRET_DATA = /"kind":"Secret"[^\n]{0,4096}?"data":\{([^}\n]*)\}/g;

/**
 * Fewer and plainer than the rules of redaction: a hit drops an entry, so each must be sure. Ids are those of the
 * rules that should have removed what is found.
 */
export const LEAK_SHAPES: readonly LeakShape[] = [
  shape('private-key', /-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----(?:\\[nr]|\s){1,8}[A-Za-z0-9+/]{16}/),
  shape('private-key', /LS0tLS1CRUdJTi(?:BSU0Eg|BFQyB|BPUEVOU1NIIF|BFTkNSWVBURUQg|BQUklW)[A-Za-z0-9+/]{24}/),
  shape('jwt', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{16,}/),
  shape('cloud-token', /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/),
  shape(
    'cloud-token',
    /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60}|glpat-[\w-]{20}(?![\w-]))/,
  ),
  shape('cloud-token', /(?<![A-Za-z0-9])xox[bp]-\d{8,}-[\w-]{16,}/),
  shape(
    'cloud-token',
    /(?<![A-Za-z0-9])(?:AIza[\w-]{35}|sk_live_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{36})(?![\w-])/,
  ),
  shape('webhook-url', /hooks\.slack\.com\/services\/T\w{4,}\/B\w{4,}\/\w{16,}/),
  shape('authorization-header', /[Aa]uthorization["']?: ?["']?Bearer [\w-]{12,}\.?[\w-]{8,}/),
  shape(
    'url-credentials',
    /\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|amqps?|https?):\/\/\w{1,64}:(?!x{3,}@|X{3,}@)(?=\w*\d)(?=\w*[A-Za-z])\w{8,128}@[\w.-]+[:/]/,
  ),
  { id: 'secret-data', isIn: holdsSecretData },
];

function shape(id: string, pattern: RegExp): LeakShape {
  return { id, isIn: (text) => pattern.test(text) };
}

/** Whether an item of a list of Secrets still has a value that is neither a mark nor a certificate. */
function holdsSecretData(text: string): boolean {
  if (!text.includes('"kind":"Secret"')) return false;
  for (const match of text.matchAll(SECRET_DATA)) {
    const values = match[1]?.match(/":"[A-Za-z0-9+/]{4,}={0,2}"/g) ?? [];
    if (values.some((value) => !isPublic(value.slice(3, -1)))) return true;
  }
  return false;
}

function isPublic(encoded: string): boolean {
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  return text.startsWith(MARK) || text.includes('-----BEGIN CERTIFICATE-----');
}
