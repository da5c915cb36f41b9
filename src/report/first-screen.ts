import type { Severity } from '../model/message.ts';
import type { Observation } from '../model/observation.ts';
import type { Cause, Report, ReportBundle, ReportConsistency } from '../model/report.ts';
import type { CatalogIndex, FindingGroups } from './finding-groups.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from './format-value.ts';
import { say, sayCount } from './say.ts';
import { plainSegments, renderSegments, type Segment } from './segments.ts';
import type { Texts } from './texts.en.ts';
import { type UnseenGroup, unseenGroups } from './unseen.ts';
import { visibleInline, visibleText } from './visible-text.ts';

/** At most as many causes stand on the first screen. */
export const TOP_CAUSES = 3;

/** One label of the header strip with its lines. */
export interface HeaderItem {
  readonly label: string;
  readonly lines: readonly string[];
}

/** A cause in a few lines. */
export interface CauseSummary {
  readonly number: number;
  readonly severity: Severity;
  /** `certain: the API object says so`. */
  readonly confidence: string;
  readonly message: readonly Segment[];
  readonly since?: string;
  readonly reach?: string;
  /** The first step, and when that is only said, the first one with a command after it. */
  readonly steps: readonly { readonly text: readonly Segment[]; readonly command?: string }[];
}

/** What every format shows first, in order: header strip, most likely causes, what could not be seen. */
export interface FirstScreen {
  readonly cluster: string;
  readonly header: readonly HeaderItem[];
  readonly causes: readonly CauseSummary[];
  readonly moreCauses: number;
  /** Said instead of causes when there are none: what was looked at. */
  readonly nothing: readonly string[];
  /** Analyzers that could not tell or failed, said below the causes. */
  readonly limits: readonly string[];
  readonly unseen: readonly UnseenGroup[];
}

/** The first screen of a report. */
export function firstScreen(
  report: Report,
  groups: FindingGroups,
  catalog: CatalogIndex,
  texts: Texts,
): FirstScreen {
  const top = groups.causes.slice(0, TOP_CAUSES);
  return {
    cluster: visibleInline(report.cluster.name ?? report.cluster.id ?? texts.header.unnamedCluster),
    header: headerItems(report, texts),
    causes: top.map(({ cause, finding }, index) => {
      const message = finding && catalog.message(finding);
      const segments = message ? renderSegments(message.text, finding.values) : plainSegments(cause.message);
      return summarize(cause, { number: index + 1, message: segments }, report.cluster.observed, texts);
    }),
    moreCauses: groups.causes.length - top.length,
    nothing: groups.causes.length === 0 ? nothingFound(report, texts) : [],
    limits: limitsOf(report, texts),
    unseen: unseenGroups(report.unseen, texts),
  };
}

/** A cause in a few lines; the caller has rendered its message. */
export function summarize(
  cause: Cause,
  rendered: { readonly number: number; readonly message: readonly Segment[] },
  observed: Observation | undefined,
  texts: Texts,
): CauseSummary {
  const first = cause.remedy[0];
  const command = cause.remedy.find((step) => step.command !== undefined);
  const steps = [...new Set([first, command])].filter((step) => step !== undefined);
  return {
    ...rendered,
    severity: cause.severity,
    confidence: describeConfidence(cause.confidence, texts),
    since: describeSince(cause.since, observed, texts),
    reach: describeReach(cause, texts),
    steps: steps.map((step) => ({
      text: plainSegments(step.text),
      command: step.command === undefined ? undefined : visibleText(step.command),
    })),
  };
}

/** `certain: the API object says so`. */
export function describeConfidence(confidence: Cause['confidence'], texts: Texts): string {
  const reason = visibleInline(confidence.reason);
  const level = texts.confidence[confidence.level];
  return reason === '' ? level : `${level}: ${reason}`;
}

/** `since 2026-01-02 03:04:05 UTC (6 h before collection)`; relative to the collection, never to now. */
export function describeSince(
  since: string | undefined,
  observed: Observation | undefined,
  texts: Texts,
): string | undefined {
  if (since === undefined) return undefined;
  const seconds = observed ? (Date.parse(observed.time) - Date.parse(since)) / 1000 : Number.NaN;
  const absolute = say(texts.causes.since, { time: formatTime(since) });
  if (!(seconds >= 1)) return absolute;
  return `${absolute} (${say(texts.causes.beforeCollection, { duration: formatDuration(seconds) })})`;
}

/** `explains 14 findings on 9 objects in 2 namespaces`; undefined for a finding that stands alone. */
export function describeReach(cause: Cause, texts: Texts): string | undefined {
  const { findings, objects, namespaces } = cause.reach;
  const parts: string[] = [];
  if (cause.symptoms.length > 0) parts.push(sayCount(texts.causes.explains, findings));
  if (parts.length > 0 || cause.subjects.length > 1) {
    parts.push(sayCount(texts.causes.onObjects, objects));
    if (namespaces > 0) parts.push(sayCount(texts.causes.inNamespaces, namespaces));
  }
  return parts.length === 0 ? undefined : parts.join(' ');
}

function headerItems(report: Report, texts: Texts): readonly HeaderItem[] {
  const { cluster } = report;
  const version = cluster.version
    ? say(texts.header.version, { version: visibleInline(cluster.version) })
    : texts.header.unknownVersion;
  const about = [
    cluster.flavour ? visibleInline(cluster.flavour) : '',
    cluster.nodes === undefined ? '' : sayCount(texts.header.nodes, cluster.nodes),
  ].filter((part) => part !== '');
  const { observed } = cluster;
  return [
    { label: texts.header.cluster, lines: [version, ...(about.length > 0 ? [about.join(', ')] : [])] },
    {
      label: texts.header.collected,
      lines: observed ? [formatTime(observed.time), clockOf(observed, texts)] : [texts.header.unknownTime],
    },
    { label: texts.header.bundle, lines: report.bundles.flatMap((bundle) => bundleLines(bundle, texts)) },
    { label: texts.header.completeness, lines: completeness(report, texts) },
  ];
}

function clockOf(observed: Observation, texts: Texts): string {
  const clock = texts.clock[observed.source];
  if (observed.errorSeconds <= 0) return clock;
  return say(texts.header.clockError, { clock, error: formatDuration(observed.errorSeconds) });
}

function bundleLines(bundle: ReportBundle, texts: Texts): readonly string[] {
  const about = [
    say(texts.header.layout, { layout: visibleInline(bundle.layout) }),
    bundle.size > 0 ? formatBytes(bundle.size) : '',
    bundle.sha256 === '' ? '' : `sha256 ${visibleInline(bundle.sha256).slice(0, 12)}`,
  ].filter((part) => part !== '');
  const { obfuscation } = bundle;
  const names = obfuscation && {
    kinds: visibleInline(obfuscation.kinds.join(', ')),
    key: visibleInline(obfuscation.key),
  };
  const replaced = names === undefined ? [] : [say(texts.header.pseudonyms, names)];
  return [visibleInline(bundle.name), about.join(', '), ...replaced];
}

function completeness(report: Report, texts: Texts): readonly string[] {
  const lines = [collectorsLine(report, texts)];
  const cut = report.bundles.filter((bundle) => !bundle.complete);
  for (const bundle of cut) {
    const reason = visibleInline(bundle.incompleteReason ?? texts.header.unknownReason);
    lines.push(say(texts.header.bundleIncomplete, { reason }));
  }
  for (const { consistency } of report.bundles) if (consistency) lines.push(momentLine(consistency, texts));
  return lines;
}

function momentLine(
  { resourceVersion, lists, apart, reason = '' }: ReportConsistency,
  { header }: Texts,
): string {
  if (resourceVersion === undefined) return say(header.noMoment, { reason: visibleInline(reason) });
  return sayCount(apart === 0 ? header.oneMoment : header.mostOneMoment, lists, {
    apart: formatCount(apart),
  });
}

function collectorsLine(report: Report, texts: Texts): string {
  const { collectors } = report.collection;
  if (collectors.length === 0) return texts.header.noCollectors;
  const counts = new Map<string, number>();
  for (const { outcome } of collectors) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const complete = counts.get('collected') ?? 0;
  counts.delete('collected');
  const rest = [...counts].map(([outcome, count]) =>
    // The cluster has nothing a collector is for: no gap, unlike an object that should be there.
    outcome === 'not-found'
      ? say(texts.header.nothingToRead, { n: formatCount(count) })
      : `${count} ${describeOutcome(outcome, texts)}`,
  );
  return [sayCount(texts.header.collectors, collectors.length, { complete }), ...rest].join(', ');
}

/** The word for an outcome; an outcome this version does not know is shown as it is. */
export function describeOutcome(outcome: string, texts: Texts): string {
  const words: Readonly<Record<string, string>> = texts.outcome;
  return Object.hasOwn(words, outcome) ? (words[outcome] as string) : visibleInline(outcome);
}

function nothingFound(report: Report, texts: Texts): readonly string[] {
  const items = report.collection.counts
    .filter((count) => count.artifact.startsWith('resources:'))
    .reduce((sum, count) => sum + count.items, 0);
  return [
    report.findings.length === 0 ? `${texts.causes.nothing}.` : texts.causes.nothingCritical,
    say(texts.causes.nothingDetail, {
      analyzers: sayCount(texts.causes.analyzers, report.results.length),
      objects: sayCount(texts.causes.objects, items),
      logLines: sayCount(texts.causes.logLines, report.collection.logLines),
    }),
  ];
}

function limitsOf(report: Report, texts: Texts): readonly string[] {
  const count = (status: string) => report.results.filter((result) => result.status === status).length;
  const [unknown, failed] = [count('unknown'), count('error')];
  const limits: string[] = [];
  if (unknown > 0) limits.push(sayCount(texts.causes.unknownAnalyzers, unknown));
  if (failed > 0) limits.push(sayCount(texts.causes.failedAnalyzers, failed));
  return limits;
}
