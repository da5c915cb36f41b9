import type { PolicyRule } from '../model/coverage.ts';
import { KubeError, type KubeErrorKind } from '../model/kube.ts';
import { oneLine } from './failure.ts';

/** What of a `Status` object (apimachinery meta/v1) is used here. */
export interface StatusBody {
  readonly kind?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly metadata?: { readonly continue?: string };
}

const KIND_OF_STATUS: Readonly<Record<number, KubeErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  410: 'gone',
  429: 'throttled',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

/**
 * Replies of `pods/log` with HTTP 400 that say there is no such log rather than that something failed
 * (pkg/registry/core/pod/strategy.go and the kubelet's containerLogs handler).
 */
const NO_SUCH_LOG =
  /previous terminated container .* not found|is waiting to start|is not available|is waiting for initialization/;

/** Reads a `Status` object; undefined for anything else, as 429 and 503 often come as plain text. */
export function parseStatus(body: Buffer): StatusBody | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    return (value as StatusBody).kind === 'Status' ? (value as StatusBody) : undefined;
  } catch {
    return undefined;
  }
}

/** The KubeError for an HTTP error; `what` names the request, `rule` goes with a 403 of the API server itself. */
export function statusError(
  answer: { readonly status: number; readonly body: Buffer },
  what: {
    readonly endpoint: string;
    readonly path: string;
    readonly rule: PolicyRule;
    /** GET unless said. */
    readonly method?: string | undefined;
  },
): KubeError {
  const { status, body } = answer;
  const parsed = parseStatus(body);
  const message = `${what.endpoint}: ${describe(status, body, parsed, what)}`;
  const kind =
    status === 400 && parsed && NO_SUCH_LOG.test(parsed.message ?? '') ? 'not-found' : kindOf(status);
  // A 403 without a Status comes from something in between, which no Role will change.
  const rule = kind === 'forbidden' && parsed ? what.rule : undefined;
  return new KubeError(kind, message, { status, rule });
}

function kindOf(status: number): KubeErrorKind {
  if (status >= 300 && status < 400) return 'bad-reply';
  return KIND_OF_STATUS[status] ?? 'other';
}

function describe(
  status: number,
  body: Buffer,
  parsed: StatusBody | undefined,
  { method = 'GET', path }: { readonly method?: string | undefined; readonly path: string },
): string {
  const asked = `${method} ${path.split('?', 1)[0]}`;
  if (status === 401) return 'the API server does not accept the credentials of the kubeconfig (HTTP 401)';
  if (parsed?.message) return `${oneLine(parsed.message)} (HTTP ${status})`;
  if (status >= 300 && status < 400) return `${asked} answers with a redirect (HTTP ${status})`;
  const text = oneLine(body.toString('utf8'));
  if (text.startsWith('<')) {
    return `${asked} answers with an HTML page (HTTP ${status}); something in between answers for the API server`;
  }
  return `${asked} fails: ${text === '' ? 'no reason given' : text} (HTTP ${status})`;
}
