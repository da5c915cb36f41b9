/** One sample of a metric. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples kept of one reply in the Prometheus text format. */
export interface Metrics {
  readonly samples: readonly MetricSample[];
  /** Samples of a metric by its full name; empty when the process does not expose it. */
  named(name: string): readonly MetricSample[];
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const NEWLINE = 0x0a;
const HASH = 0x23;

/**
 * Reads the Prometheus text format (exposition format 0.0.4) line by line and keeps the samples of the named
 * metrics only: a reply of an API server holds 15 000 lines. Lines that are none are passed over.
 */
export function parsePrometheusText(bytes: Uint8Array, kept: ReadonlySet<string>): Metrics {
  const samples: MetricSample[] = [];
  const byName = new Map<string, MetricSample[]>();
  for (const line of linesOf(bytes)) {
    const sample = parseSample(line, kept);
    if (!sample) continue;
    samples.push(sample);
    const known = byName.get(sample.name);
    if (known) known.push(sample);
    else byName.set(sample.name, [sample]);
  }
  return { samples, named: (name) => byName.get(name) ?? [] };
}

function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    if (bytes[start] !== HASH) yield decoder.decode(bytes.subarray(start, end));
    start = end + 1;
  }
}

function parseSample(line: string, kept: ReadonlySet<string>): MetricSample | undefined {
  const match = SAMPLE.exec(line);
  if (!match || !kept.has(match[1]!)) return undefined;
  const labels: Record<string, string> = {};
  for (const [, name, value] of (match[2] ?? '').matchAll(LABEL)) labels[name!] = unescapeLabel(value!);
  return { name: match[1]!, labels, value: numberOf(match[3]!) };
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function unescapeLabel(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
