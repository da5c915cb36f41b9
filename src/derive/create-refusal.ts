/** Why the API server refused to create an object, as its words tell. Names only, nothing is looked up. */
export type CreateRefusal =
  | {
      readonly kind: 'quotaExceeded';
      readonly quota: string;
      /** Resources with what was asked for, what was used and what is allowed, as the server printed them. */
      readonly requested: ReadonlyMap<string, string>;
      readonly used: ReadonlyMap<string, string>;
      readonly limited: ReadonlyMap<string, string>;
    }
  /** The quota limits resources that the pod says nothing about. */
  | { readonly kind: 'quotaWantsValues'; readonly quota: string; readonly missing: readonly string[] }
  /** The quota controller has not counted the quota yet. */
  | { readonly kind: 'quotaNotCounted'; readonly quota: string }
  /** The API server lets only pods in that some quota's scope covers. */
  | { readonly kind: 'quotaScopeMissing'; readonly scopes: string }
  | { readonly kind: 'limitRange'; readonly violations: readonly string[] }
  | { readonly kind: 'serviceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'class'; readonly classKind: 'PriorityClass' | 'RuntimeClass'; readonly name: string }
  | { readonly kind: 'podSecurity'; readonly policy: string; readonly violations: readonly string[] }
  | { readonly kind: 'webhookDenied'; readonly webhook: string; readonly detail: string }
  | { readonly kind: 'webhookFailed'; readonly webhook: string; readonly detail: string }
  | { readonly kind: 'policyDenied'; readonly policy: string; readonly detail: string }
  | { readonly kind: 'notAllowed'; readonly user: string; readonly detail: string }
  | { readonly kind: 'invalid'; readonly detail: string }
  | { readonly kind: 'terminating' }
  | { readonly kind: 'other'; readonly detail: string };

// Words of the admission plugins in kubernetes/kubernetes: apiserver/pkg/admission/plugin/resourcequota/controller.go,
// plugin/pkg/admission/{limitranger,serviceaccount,priority}, pod-security-admission, plugin/webhook, plugin/policy.
const EXCEEDED = /exceeded quota: (\S+), requested: (.+?), used: (.+?), limited: (\S+)/;
const WANTS_VALUES = /failed quota: (\S+): must specify (.+)$/s;
const NOT_COUNTED = /status unknown for quota: (\S+?),? resources: /;
const SCOPE_MISSING = /insufficient quota to match these scopes: (.+)$/s;
const SERVICE_ACCOUNT = /error looking up service account ([^/\s]+)\/([^:\s]+): /;
const PRIORITY_CLASS = /no PriorityClass with name (\S+) was found/;
const RUNTIME_CLASS = /RuntimeClass "([^"]+)" not found/;
const POD_SECURITY = /violates PodSecurity "([^"]+)": (.+)$/s;
const OLD_POD_SECURITY =
  /(?:unable to validate against any|PodSecurityPolicy: unable to admit pod|unable to admit pod)[^[]*(\[.*\])/s;
const WEBHOOK_DENIED = /admission webhook "([^"]+)" denied the request(?: without explanation)?(?:: (.+))?$/s;
const WEBHOOK_FAILED = /failed calling (?:admission )?webhook "([^"]+)": (.+)$/s;
const POLICY_DENIED =
  /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request(?: with error)?: (.+)$/s;
const NOT_ALLOWED = /User "([^"]+)" cannot (create resource .+)$/s;
const INVALID = /\b(?:Pod|Job|ReplicaSet)(?:\.\w+)? "[^"]*" is invalid: (.+)$/s;
const TERMINATING = /unable to create new content in namespace \S+ because it is being terminated/;
const LIMIT_RANGE =
  /(?:minimum|maximum) \S+ usage per \w+ is \S+?(?:\.\s+No (?:limit|request) is specified|, but (?:limit|request) is [^\s,\]]+)|\S+ max limit to request ratio per \w+ is \S+, but (?:no request is specified or request is 0|provided ratio is [\d.]+)/g;

/** Reads a refusal out of a condition's or an event's message; what is not known by its words is `other`. */
export function parseRefusal(message: string): CreateRefusal {
  const text = message.trim();
  for (const read of READERS) {
    const refusal = read(text);
    if (refusal) return refusal;
  }
  return { kind: 'other', detail: bare(text) };
}

type Reader = (text: string) => CreateRefusal | undefined;

const READERS: readonly Reader[] = [
  (text) => (TERMINATING.test(text) ? { kind: 'terminating' } : undefined),
  // A webhook quotes other reasons in its own words: it comes first.
  (text) =>
    matched(WEBHOOK_FAILED, text, ([webhook, detail]) => ({ kind: 'webhookFailed', webhook, detail })),
  (text) =>
    matched(WEBHOOK_DENIED, text, ([webhook, detail]) => ({ kind: 'webhookDenied', webhook, detail })),
  (text) => matched(POLICY_DENIED, text, ([policy, detail]) => ({ kind: 'policyDenied', policy, detail })),
  readQuota,
  (text) =>
    matched(SERVICE_ACCOUNT, text, ([namespace, name]) => ({ kind: 'serviceAccount', namespace, name })),
  (text) => matched(PRIORITY_CLASS, text, ([name]) => ({ kind: 'class', classKind: 'PriorityClass', name })),
  (text) => matched(RUNTIME_CLASS, text, ([name]) => ({ kind: 'class', classKind: 'RuntimeClass', name })),
  (text) =>
    matched(POD_SECURITY, text, ([level, list]) => ({
      kind: 'podSecurity',
      policy: `PodSecurity ${level}`,
      violations: splitOutsideBrackets(list),
    })),
  (text) =>
    matched(OLD_POD_SECURITY, text, ([list]) => ({
      kind: 'podSecurity',
      policy: /security context constraint/.test(text) ? 'SecurityContextConstraints' : 'PodSecurityPolicy',
      violations: splitOutsideBrackets(list.slice(1, -1)),
    })),
  readLimitRange,
  (text) => matched(NOT_ALLOWED, text, ([user, detail]) => ({ kind: 'notAllowed', user, detail })),
  (text) => matched(INVALID, text, ([detail]) => ({ kind: 'invalid', detail })),
];

function matched(
  pattern: RegExp,
  text: string,
  make: (groups: [string, string]) => CreateRefusal,
): CreateRefusal | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, first = '', second = ''] = match;
  return make([sentence(first), sentence(second)]);
}

function readQuota(text: string): CreateRefusal | undefined {
  const exceeded = EXCEEDED.exec(text);
  if (exceeded) {
    const [, quota = '', requested = '', used = '', limited = ''] = exceeded;
    return {
      kind: 'quotaExceeded',
      quota,
      requested: amounts(requested),
      used: amounts(used),
      limited: amounts(limited),
    };
  }
  return (
    matched(WANTS_VALUES, text, ([quota, missing]) => ({
      kind: 'quotaWantsValues',
      quota,
      missing: resourcesNamed(missing),
    })) ??
    matched(NOT_COUNTED, text, ([quota]) => ({ kind: 'quotaNotCounted', quota })) ??
    matched(SCOPE_MISSING, text, ([scopes]) => ({ kind: 'quotaScopeMissing', scopes }))
  );
}

function readLimitRange(text: string): CreateRefusal | undefined {
  const violations = [...text.matchAll(LIMIT_RANGE)].map(([whole]) => whole.replace(/\.\s+/, ': '));
  return violations.length > 0 ? { kind: 'limitRange', violations } : undefined;
}

/** `limits.cpu=1,requests.memory=2Gi` as pairs. */
function amounts(text: string): Map<string, string> {
  const pairs = text.split(',').map((pair) => {
    const at = pair.lastIndexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

/** `limits.cpu,limits.memory`, or since 1.23 `limits.cpu for: app; limits.memory for: app,init`. */
function resourcesNamed(text: string): string[] {
  if (!text.includes(' for: ')) return text.split(',').map((one) => one.trim());
  return text.split(';').map((one) => one.trim());
}

/** A list cut at its commas, those inside brackets left alone. */
function splitOutsideBrackets(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '(' || char === '[' || char === '{') depth += 1;
    else if (char === ')' || char === ']' || char === '}') depth -= 1;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((one) => one.trim()).filter((one) => one !== '');
}

/** What a controller writes before the server's words. */
const PREFIX =
  /^(?:Error creating(?: job)?: |create (?:Claim \S+ (?:for )?)?Pod \S+ in StatefulSet \S+ failed error: )/;

function bare(text: string): string {
  return sentence(text.replace(PREFIX, ''));
}

/** One line without the full stop, which the text around it sets. */
function sentence(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
