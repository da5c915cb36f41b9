import { type Input, logSignals } from '../model/artifact.ts';
import type { LogHit } from '../model/log-signals.ts';

/** Codes beside which Envoy writes the flags that are looked for; 0 where a connection carries no HTTP. */
const PLACES = ['" 503 ', '" 504 ', '" 502 ', '" 500 ', '" 404 ', '"- - -" 0 ', '"response_flags":"'];

/** Lines of an access log whose first flag is this one; of `UF,URX` the first is why, the second what followed. */
function flag(name: string) {
  const literals = PLACES.map((place) => place + name).filter((literal) => literal.length >= 8);
  return {
    any: literals as [string, ...string[]],
    re: new RegExp(`(?:" \\d{1,3} |"response_flags":")${name}(?=[ ,"])`),
  };
}

/** Requests and connections that failed in the proxy itself, by Envoy's response flags, as text or as JSON. */
export const istioAccessLog = logSignals({
  component: { id: 'istio-access-log', container: /^istio-proxy$/ },
  patterns: {
    UH: flag('UH'),
    UF: flag('UF'),
    UT: flag('UT'),
    UO: flag('UO'),
    UC: flag('UC'),
    UR: flag('UR'),
    NR: flag('NR'),
    NC: flag('NC'),
    URX: flag('URX'),
    UPE: flag('UPE'),
    DF: flag('DF'),
    OM: flag('OM'),
  },
});

export type IstioAccessLog = Input<typeof istioAccessLog>;

/** The flags in the order of their names; the others, such as `DC` and `RL`, are what clients do or what is wanted. */
export const RESPONSE_FLAGS = [
  'UH',
  'UF',
  'UT',
  'UO',
  'UC',
  'UR',
  'NR',
  'NC',
  'URX',
  'UPE',
  'DF',
  'OM',
] as const;
export type ResponseFlag = (typeof RESPONSE_FLAGS)[number];

/** One line of an access log, as far as it is judged. */
export interface AccessLine {
  readonly code: string;
  /** `outbound`: the client's proxy; `inbound`: the proxy before the application; else a cluster of Envoy's own. */
  readonly direction: 'outbound' | 'inbound' | 'other';
  /** `web.shop.svc.cluster.local`; of a line without a cluster what the client asked for; empty: not shown. */
  readonly host: string;
  readonly port: string;
  readonly subset: string;
  /** `delayed_connect_error:_111`, `TLS_error:…`; empty: none. */
  readonly reason: string;
  /** `filter_chain_not_found`, `route_not_found`; empty in formats without it. */
  readonly details: string;
}

/** Reads a line of Istio's default format, of that before 1.9, or of JSON. */
export function accessLine(hit: LogHit): AccessLine {
  const fields = hit.text.includes('"response_flags"') ? jsonFields(hit.text) : textFields(hit.text);
  const { cluster, authority, code, reason, details } = fields;
  const [direction, port = '', subset = '', host = ''] = cluster.split('|');
  const isNamed = direction === 'outbound' || direction === 'inbound';
  const asked = authority === '-' ? '' : authority.replace(/:\d+$/, '');
  return {
    code,
    direction: isNamed ? direction : 'other',
    host: isNamed && host !== '' ? host : direction === 'inbound' ? '' : asked,
    port: port === '' || port === '_' ? (/:(\d+)$/.exec(authority)?.[1] ?? '') : port,
    subset,
    reason: reason === '-' ? '' : reason,
    details: details === '-' ? '' : details,
  };
}

interface Fields {
  readonly cluster: string;
  readonly authority: string;
  readonly code: string;
  readonly reason: string;
  readonly details: string;
}

/** `[START] "METHOD PATH PROTO" CODE FLAGS DETAILS TERMINATION "REASON" … "AUTHORITY" "UPSTREAM" CLUSTER …`. */
function textFields(text: string): Fields {
  const cluster =
    /\s((?:outbound|inbound)\|[^\s"]*|PassthroughCluster|BlackHoleCluster|InboundPassthroughCluster\w*)(?=\s|$)/.exec(
      text,
    )?.[1];
  const quoted = [...text.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
  const [, code = ''] = /" (\d{1,3}) [A-Z]/.exec(text) ?? [];
  // Details and reason since 1.9; before that a single quoted field stands in their place.
  const [, details = '', reason = ''] = /" \d{1,3} [A-Z,]+ (\S+) \S+ "([^"]*)"/.exec(text) ?? [];
  // The authority is the last quoted text but one, before the address of the upstream.
  return { cluster: cluster ?? '', authority: quoted.at(-2) ?? '', code, reason, details };
}

function jsonFields(text: string): Fields {
  const field = (expression: RegExp) => {
    const found = expression.exec(text);
    return found?.[1] ?? found?.[2] ?? '';
  };
  return {
    cluster: field(JSON_FIELDS.cluster),
    authority: field(JSON_FIELDS.authority),
    code: field(JSON_FIELDS.code),
    reason: field(JSON_FIELDS.reason),
    details: field(JSON_FIELDS.details),
  };
}

/** How the fields of Istio's JSON format of access logs stand in a line. */
const JSON_FIELDS = {
  cluster: jsonField('upstream_cluster'),
  authority: jsonField('authority'),
  code: jsonField('response_code'),
  reason: jsonField('upstream_transport_failure_reason'),
  details: jsonField('response_code_details'),
} satisfies Record<keyof Fields, RegExp>;

function jsonField(name: string): RegExp {
  return new RegExp(`"${name}":(?:"((?:[^"\\\\]|\\\\.)*)"|(\\d+))`);
}
