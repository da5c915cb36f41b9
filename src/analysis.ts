import { analyzeStore, artifactsOf } from './analyze/analyze.ts';
import { type InputsReading, type ReadInputsOptions, readInputs } from './analyze/read-inputs.ts';
import { redactQuotes } from './analyze/redact-quotes.ts';
import { diagnose } from './diagnose/diagnose.ts';
import type { AnyAnalyzer } from './model/analyzer.ts';
import type { AnyCollector } from './model/collector.ts';
import type { Observation } from './model/observation.ts';
import { originOf } from './model/origin.ts';
import type { Report, ReportCluster } from './model/report.ts';
import { buildReport } from './report/build-report.ts';
import { TOOL } from './version.ts';

/** Both registries; titles of collectors are shown in the collection record. */
export interface Registries {
  readonly analyzers: readonly AnyAnalyzer[];
  readonly collectors: readonly AnyCollector[];
}

/** What an analysis may be given. */
export interface AnalysisOptions extends ReadInputsOptions {
  /** Seconds an analyzer or derived value may take. */
  readonly deadlineSeconds?: number;
}

/**
 * The straight line of `analyze`: inputs → store → findings → causes → redaction → report. The same
 * inputs give the same report: no clock, no file names of this machine.
 */
export async function analyzeInputs(
  inputs: readonly string[],
  { analyzers, collectors }: Registries,
  options: AnalysisOptions = {},
): Promise<Report> {
  const artifacts = artifactsOf(analyzers);
  const reading = await readInputs(inputs, artifacts, options);
  const { store } = reading;
  const { results, findings, rows, facts, graph, identity } = analyzeStore(
    store,
    analyzers,
    options.deadlineSeconds,
  );
  const catalog = new Map(analyzers.map(({ meta }) => [meta.id as string, meta.messages]));
  const collectorTitles = new Map(collectors.map(({ meta }) => [meta.id, meta.title]));
  const produced = collectors.flatMap(({ meta }) => meta.produces);
  const titles = new Map([...artifacts, ...produced].map((artifact) => [artifact.id, artifact.title]));
  const quoted = redactQuotes({ findings, rows, facts });
  return buildReport({
    tool: TOOL,
    analyzers,
    cluster: { ...identity, ...clusterOf(reading) },
    bundles: reading.bundles,
    collection: {
      ...reading.collection,
      collectors: store.collectors.map(({ id, outcome }) => ({
        id,
        title: collectorTitles.get(id) ?? id,
        outcome,
      })),
    },
    results,
    titles,
    causes: diagnose(quoted.findings, graph, catalog, results),
    ...quoted,
  });
}

/** Name of the cluster and the newest observation by the best clock: the moment the report speaks of. */
function clusterOf({ store, clusterName }: InputsReading): Pick<ReportCluster, 'name' | 'observed'> {
  const lists = [...store.resources.values()].flatMap((bySample) => [...bySample.values()]);
  let observed: Observation | undefined;
  for (const items of [...lists, ...store.documents.values()]) {
    const last = items.at(-1);
    const observation = last && originOf(last)?.observation;
    if (observation?.time && (!observed || isBetter(observation, observed))) observed = observation;
  }
  return { ...(clusterName === undefined ? {} : { name: clusterName }), ...(observed ? { observed } : {}) };
}

/** The API server's clock counts before any other; of equal clocks the later time. */
function isBetter(a: Observation, b: Observation): boolean {
  if ((a.source === 'server-date') !== (b.source === 'server-date')) return a.source === 'server-date';
  return a.time > b.time;
}
