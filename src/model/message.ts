import type { Effect, Relation } from './effect.ts';
import type { Subject } from './subject.ts';

/** Prometheus mixin words. */
export type Severity = 'critical' | 'warning' | 'info';
export const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

export type ConfidenceLevel = 'certain' | 'likely' | 'possible';
export const CONFIDENCE_LEVELS: readonly ConfidenceLevel[] = ['certain', 'likely', 'possible'];

/** How sure a finding is, and why. */
export interface Confidence {
  readonly level: ConfidenceLevel;
  /** Why this level, e.g. `the API object says so`. */
  readonly reason: string;
}

/** What a placeholder holds; formats render each tag per language. */
export type Tag = 'object' | 'time' | 'duration' | 'bytes' | 'quantity' | 'count' | 'id64' | 'text';

/** A value in a report: plain JSON, read by its placeholder's tag. */
export type Value = string | number | boolean | null | Subject | readonly string[];

/** The value a tag takes: object → subject, duration in seconds, bytes and count as numbers, time as ISO 8601. */
export type TagValue<T extends string> = T extends 'object'
  ? Subject
  : T extends 'duration' | 'bytes' | 'count'
    ? number
    : T extends 'time' | 'quantity' | 'id64'
      ? string
      : T extends 'text'
        ? string | readonly string[]
        : never;

/** The placeholders of a text literal: `{pod:object} waits for {age:duration}` → `{pod: Subject; age: number}`. */
export type PlaceholdersOf<S extends string> = S extends `${string}{${infer Name}:${infer T}}${infer Rest}`
  ? { readonly [K in Name]: TagValue<T> } & PlaceholdersOf<Rest>
  : unknown;

/** One step of a remedy. In `argv`, `{pod.name}` and `{pod.namespace}` read an object placeholder, `{x}` a text one. */
export interface RemedyStep {
  readonly text: string;
  /** A command as arguments, never a shell line: one renderer quotes each. */
  readonly argv?: readonly string[];
  /** Only for clusters of this flavour, e.g. `kubeadm`. */
  readonly flavour?: string;
}

/** Effects a message is the cause of, and along which relations of the object graph. */
export interface Explains {
  readonly effect: Effect;
  readonly via: readonly Relation[];
}

/** One kind of thing an analyzer reports: its words, its weight and its place in the diagnosis. */
export interface Message {
  /** One severity, or the list `report()` must choose from. */
  readonly severity: Severity | readonly Severity[];
  readonly confidence: Confidence;
  /** One sentence, present tense, with placeholders. A literal: the compiler reads it. */
  readonly text: string;
  readonly remedy: readonly RemedyStep[];
  /** Placeholders that belong to the fingerprint beside analyzer, message and root owner. */
  readonly key?: readonly string[];
  readonly effect?: Effect;
  readonly explains?: readonly Explains[];
  /** Findings with equal values of these placeholders are one cause with many subjects. */
  readonly groupBy?: readonly string[];
  /** The checks this finding is the bad answer to: it fills those rows of a checklist. */
  readonly check?: string | readonly string[];
}

export type Messages = Readonly<Record<string, Message>>;

/** The checks a message answers; none when it fills no row. */
export function checksOf({ check }: Pick<Message, 'check'>): readonly string[] {
  if (check === undefined) return [];
  return typeof check === 'string' ? [check] : check;
}

/** A thing an analyzer looks at per subject; the text of one row of a checklist. */
export interface Check {
  /** The checklist the row belongs to; rows of checks without one are only counted. */
  readonly checklist?: ChecklistId;
  readonly item: string;
  readonly expected: string;
  /** What was found when fine, with placeholders. */
  readonly found: string;
}

export type Checks = Readonly<Record<string, Check>>;

/**
 * Checklists as the source documents have them. `whole`: every item is asked of every subject, and a table
 * shows all of them; else a table shows what was looked at on its subject, and items nobody answered stand
 * in a table of their own.
 */
export const CHECKLISTS = {
  'kong-data-plane': { title: 'Kong data plane', whole: true },
  // Seed 002: rows of each instance of a component, of certificates and of high availability.
  'control-plane': { title: 'Control plane', whole: false },
  // The groups of `konvoy check` in seed 004.
  'check-kubernetes': { title: 'Kubernetes (as `konvoy check kubernetes`)', whole: false },
  'check-nodes': { title: 'Nodes (as `konvoy check nodes`)', whole: false },
  'check-addons': { title: 'Addons (as `konvoy check addons`)', whole: false },
  'check-preflight': { title: 'System prerequisites (as `konvoy check preflight`)', whole: false },
  // The three chapters of seed 003 are the first words of an item, its subject is the VirtualEnvironment where
  // it can be: `Routing rules: …` (checks instance, operator, resources, ports, rules, accepted, subsets),
  // `Environment tag: …` (webhook, namespaceLabel, labels, tags, settings, reviews, key, filter, filterActive,
  // script), `Sidecar: …` (present, ready, discovery, accepted).
  'virtual-environment': { title: 'Virtual environments (KtEnv)', whole: false },
} as const;
export type ChecklistId = keyof typeof CHECKLISTS;

type StepTexts<M extends Message> = M['remedy'][number]['text'];
type UnionToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void
  ? I
  : never;

/** Boxed, since a text without placeholders would swallow the others in a plain union. */
type Boxed<S extends string> = S extends string ? { readonly placeholders: PlaceholdersOf<S> } : never;

/** All placeholders of a message: of its text and of its remedy's texts. */
export type ValuesOf<M extends Message> =
  UnionToIntersection<Boxed<M['text'] | StepTexts<M>>> extends { readonly placeholders: infer P } ? P : never;

/** Placeholders of a check's texts. */
export type CheckValuesOf<C extends Check> = PlaceholdersOf<C['found']> & PlaceholdersOf<C['expected']>;

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9]*):([a-z0-9]+)\}/g;

/** The placeholders of a text, in order: name and tag. */
export function placeholdersIn(text: string): { readonly name: string; readonly tag: Tag }[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => ({ name: match[1] as string, tag: match[2] as Tag }));
}

/** A text cut at its placeholders: literal pieces and `{name, tag}` in turn. */
export function splitText(text: string): (string | { readonly name: string; readonly tag: Tag })[] {
  const pieces: (string | { readonly name: string; readonly tag: Tag })[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ name: match[1] as string, tag: match[2] as Tag });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}
