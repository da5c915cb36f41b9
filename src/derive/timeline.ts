import { events, leases, nodes, pods } from '../artifacts/resources.ts';
import { defineDerived, logSignals, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { subjectKey } from '../model/subject.ts';
import { nodeClocks } from './node-clocks.ts';
import {
  burstEntry,
  eventEntry,
  leaseEntry,
  nodeEntries,
  podEntries,
  restartEntries,
  type TimelineEntry,
} from './timeline-entries.ts';

/** Rows a person can still read, and a report carry. */
const ROWS = 400;
/** Fewer error lines in one log are everyday noise. */
const BURST_LINES = 10;
/** Of what is alike, texts are cut to this many characters. */
const TEXT_MAX = 300;

/** Words loggers mark errors with: logfmt, JSON (zap, logrus, bunyan), nginx and Kong, Java, Python, Go. */
const errorLines = logSignals({
  component: { id: 'any' },
  patterns: {
    error: {
      any: [
        'level=error',
        'level=fatal',
        '"level":"error"',
        '"level":"fatal"',
        '"severity":"ERROR"',
        ' [error] ',
        ' [crit] ',
        ' [ERROR] ',
        'Exception in thread',
        'Traceback (most recent call last)',
        'goroutine 1 [running]',
      ],
    },
  },
});

/** What happened, in the order of the API server's clock: events, restarts, conditions, leaders, bursts of errors. */
export const timeline = defineDerived({
  id: 'timeline',
  title: 'Timeline',
  needs: {
    clocks: nodeClocks,
    events: optional(events),
    pods: optional(pods),
    nodes: optional(nodes),
    leases: optional(leases),
    logs: optional(errorLines),
  },
  derive({ clocks, events: eventItems, pods: podItems, nodes: nodeItems, leases: leaseItems, logs }) {
    const placed = new Map(
      podItems.items.map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, spec?.nodeName]),
    );
    const nodeOf = (namespace: string, pod: string) => placed.get(`${namespace}/${pod}`);
    const bursts = logs.matches('error').filter(({ count }) => count >= BURST_LINES);
    const entries = [
      ...alike(eventItems.items.map((event) => eventEntry(event, clocks)).filter((one) => one !== undefined)),
      ...podItems.items.flatMap((pod) => [...restartEntries(pod, clocks), ...podEntries(pod)]),
      ...nodeItems.items.flatMap(nodeEntries),
      ...leaseItems.items.map(leaseEntry).filter((one) => one !== undefined),
      ...bursts.map((burst) => burstEntry(burst, clocks, nodeOf)).filter((one) => one !== undefined),
    ];
    return mostTelling(entries).sort(byTime);
  },
  table: (entries) => ({
    id: 'timeline',
    title: 'Timeline',
    columns: [
      { id: 'time', title: 'When', tag: 'time' },
      { id: 'until', title: 'Until', tag: 'time' },
      { id: 'kind', title: 'Kind', tag: 'text' },
      { id: 'object', title: 'Object', tag: 'object' },
      { id: 'what', title: 'What', tag: 'text' },
      { id: 'count', title: 'Times', tag: 'count' },
    ],
    rows: entries.map(({ time, until, kind, subject, text, count }) => [
      time,
      until ?? null,
      kind,
      subject,
      text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text,
      count,
    ]),
  }),
});

/** Events of the same object that say the same are one entry: a new Event object is made once an hour. */
function alike(entries: readonly TimelineEntry[]): TimelineEntry[] {
  const groups = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    getOrCreate(groups, `${subjectKey(entry.subject)}\n${entry.text}`, () => []).push(entry);
  }
  return [...groups.values()].map((group) => {
    const [first] = group.sort(byTime);
    const ends = group.map(({ time, until }) => until ?? time).sort(byInstant);
    const last = ends.at(-1) as string;
    const { until: _, ...rest } = first as TimelineEntry;
    const count = group.reduce((sum, entry) => sum + entry.count, 0);
    return { ...rest, ...(last === rest.time ? {} : { until: last }), count };
  });
}

/** When there is more than can be shown, the weightier and then the later entries stay. */
function mostTelling(entries: readonly TimelineEntry[]): TimelineEntry[] {
  if (entries.length <= ROWS) return [...entries];
  const order = entries.map((entry) => ({ entry, end: instant(entry.until ?? entry.time) }));
  order.sort((a, b) => b.entry.weight - a.entry.weight || b.end - a.end);
  return order.slice(0, ROWS).map(({ entry }) => entry);
}

function byTime(a: TimelineEntry, b: TimelineEntry): number {
  return byInstant(a.time, b.time) || (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1);
}

/** Instants are compared as numbers: their texts differ in fractions of a second and in zone. */
function byInstant(a: string, b: string): number {
  return instant(a) - instant(b);
}

function instant(time: string): number {
  const at = Date.parse(time);
  return Number.isFinite(at) ? at : 0;
}
