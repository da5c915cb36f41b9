import type { Detector } from './detector.ts';

/** The token of one vendor, recognised by its prefix; the first group, or the whole match, is the secret. */
interface VendorToken {
  readonly rule: string;
  readonly triggers: readonly string[];
  readonly pattern: RegExp;
}

/** What may follow a prefix of three characters: a trigger has four. */
const AFTER_PREFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~.-';

/** Forms documented by who issues them; rarer than those of tokens.ts, so that they share one detector. */
const VENDOR_TOKENS: readonly VendorToken[] = [
  {
    rule: 'cloud-token',
    triggers: ['ATAT', 'ATCT', 'ATBB'],
    pattern: /(?<![A-Za-z0-9])AT(?:ATT|CTT|BB)[\w=-]{20,512}/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['NRAK', 'NRRA', 'NRII'],
    pattern: /\bNR(?:AK|RA|II)-[A-Za-z0-9]{20,64}/g,
  },
  { rule: 'cloud-token', triggers: ['asv1'], pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,128}/g },
  { rule: 'cloud-token', triggers: ['GOCS'], pattern: /\bGOCSPX-[\w-]{20,64}/g },
  {
    rule: 'cloud-token',
    triggers: ['glsa', 'glc_'],
    pattern: /(?<![A-Za-z0-9])(?:glsa_\w{32,64}|glc_[\w+/=]{32,512})/g,
  },
  { rule: 'cloud-token', triggers: ['dapi'], pattern: /\bdapi[0-9a-f]{32}(?:-\d)?\b/g },
  { rule: 'cloud-token', triggers: ['Blbk'], pattern: /(?<![\w-])sk-[\w-]{20,128}/g },
  {
    rule: 'cloud-token',
    triggers: ['shpa', 'shpc', 'shpp', 'shps'],
    pattern: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g,
  },
  {
    rule: 'cloud-token',
    triggers: ['sq0c', 'sq0a'],
    pattern: /\bsq0(?:csp|atp)-[\w-]{22,64}/g,
  },
  { rule: 'cloud-token', triggers: ['lin_'], pattern: /\blin_(?:api|oauth)_[A-Za-z0-9]{32,64}/g },
  { rule: 'cloud-token', triggers: ['sntr'], pattern: /\bsntry[su]_[\w+/=]{32,512}/g },
  { rule: 'cloud-token', triggers: ['pul-'], pattern: /\bpul-[0-9a-f]{40}\b/g },
  { rule: 'cloud-token', triggers: ['PMAK'], pattern: /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b/g },
  { rule: 'cloud-token', triggers: ['tske'], pattern: /\btskey-[a-z]{1,16}-[\w-]{16,128}/g },
  { rule: 'cloud-token', triggers: ['figd'], pattern: /\bfigd_[\w-]{20,128}/g },
  { rule: 'cloud-token', triggers: ['ruby'], pattern: /\brubygems_[0-9a-f]{48}\b/g },
  {
    // A secret of an application in Entra ID has `8Q~` or `7Q~` at its fourth place.
    rule: 'cloud-token',
    triggers: ['7', '8'].flatMap((digit) => [...AFTER_PREFIX].map((next) => `${digit}Q~${next}`)),
    pattern: /(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}(?![\w~.-])/g,
  },
  {
    rule: 'webhook-url',
    triggers: ['bhoo'],
    pattern: /outlook\.office(?:365)?\.com\/webhook\/([\w@:/-]{12,512})/g,
  },
  {
    // Mattermost and Rocket.Chat on any host, Zapier.
    rule: 'webhook-url',
    triggers: ['/hoo'],
    pattern:
      /\/hooks\/((?:catch\/\d{1,16}\/\w{4,64}|[A-Za-z0-9]{17}\/[A-Za-z0-9]{20,64}|[a-z0-9]{26})\/?)(?![\w-])/g,
  },
  {
    rule: 'webhook-url',
    triggers: ['/int'],
    pattern: /pagerduty\.com\/integration\/([0-9a-f]{32})/g,
  },
  {
    // What Helm keeps of a release: gzip in base64, once more in base64 where it lies in a Secret.
    rule: 'opaque-data',
    triggers: ['H4sI', 'SDRz'],
    pattern: /(?<![A-Za-z0-9+/])(?:H4sI[A-Za-z0-9+/]{40}|SDRzSUFB[A-Za-z0-9+/]{40})[A-Za-z0-9+/]*={0,2}/g,
  },
];

/** Tokens of further vendors and webhook URLs, by their form. */
export const vendorTokens: Detector = {
  triggers: [...new Set(VENDOR_TOKENS.flatMap(({ triggers }) => triggers))],
  find(text, _atLineStart, spans) {
    for (const { rule, triggers, pattern } of VENDOR_TOKENS) {
      if (!triggers.some((trigger) => text.includes(trigger))) continue;
      for (const match of text.matchAll(pattern)) {
        const secret = match[1] ?? match[0];
        const start = match.index + match[0].length - secret.length;
        spans.push({ start, end: start + secret.length, rule });
      }
    }
  },
};
