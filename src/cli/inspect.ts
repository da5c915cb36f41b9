import { withDecrypted } from '../bundle/encrypted.ts';
import { type Inspection, inspectBundle } from '../bundle/inspect.ts';
import { SENSITIVE_SHAPES } from '../bundle/sensitive-scan.ts';
import { EXIT } from '../model/errors.ts';
import { REDACTION_RULES } from '../redact/rules.ts';
import { visibleText } from '../report/visible-text.ts';
import { amount } from './collector-line.ts';
import { sizeText, treeLines } from './tree.ts';

interface InspectFlags {
  readonly output: 'text' | 'json';
  readonly identity?: string;
}

/** Entries named per shape. */
const MAX_NAMED = 5;

/** Prints what is in a bundle, what was removed from it and what looks sensitive. Exit 3 when it is cut. */
export async function inspect(bundle: string, { output, identity }: InspectFlags): Promise<number> {
  const inspection = await withDecrypted([bundle], identity, ([file = bundle]) => inspectBundle(file));
  const text =
    output === 'json' ? `${JSON.stringify(documentOf(inspection), null, 2)}\n` : textOf(inspection);
  process.stdout.write(text);
  return inspection.truncated === undefined ? EXIT.ok : EXIT.incomplete;
}

function documentOf({ redactions, sensitive, ...rest }: Inspection) {
  return {
    schemaVersion: 1,
    ...rest,
    redactions: Object.entries(redactions).map(([rule, count]) => ({ rule, title: ruleTitle(rule), count })),
    sensitive: Object.entries(sensitive).map(([shape, count]) => ({
      shape,
      title: shapeTitle(shape),
      count,
    })),
  };
}

function textOf(inspection: Inspection): string {
  const { entries } = inspection;
  const blocks = [
    [headline(inspection), ...pseudonymLines(inspection), ...momentLines(inspection)],
    ['Entries', ...treeLines(entries.map((entry) => ({ ...entry, note: noteOf(entry) })))],
    ['Removed before it was written', ...removedLines(inspection)],
    ['Looks sensitive (a simple search: look yourself)', ...sensitiveLines(inspection)],
  ];
  if (inspection.dropped.length > 0) blocks.push(['Dropped by the customer', ...droppedLines(inspection)]);
  if (inspection.problems.length > 0)
    blocks.push(['Problems', ...inspection.problems.map(({ message }) => `  ${visibleText(message)}`)]);
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

/** How many entries of an artifact are gone; which ones is what was not to be told. */
function droppedLines({ dropped }: Inspection): string[] {
  const counts = new Map<string, number>();
  for (const artifact of dropped) counts.set(artifact, (counts.get(artifact) ?? 0) + 1);
  return [...counts].map(
    ([artifact, count]) => `  ${visibleText(artifact)}${count === 1 ? '' : `: ${count} entries`}`,
  );
}

function headline({ entries, size, createdAt, complete, incompleteReason, truncated }: Inspection): string {
  const parts = [amount(entries.length, 'entry', 'entries'), `${sizeText(size)} uncompressed`];
  if (createdAt !== undefined) parts.push(`collected ${createdAt}`);
  if (complete === true) parts.push('complete');
  if (complete === false) parts.push(`incomplete: ${visibleText(incompleteReason ?? 'interrupted')}`);
  if (truncated !== undefined) parts.push(`cut: ${visibleText(truncated)}`);
  return parts.join(', ');
}

function pseudonymLines({ obfuscation }: Inspection): string[] {
  if (obfuscation === undefined) return [];
  const { kinds, key } = obfuscation;
  return [visibleText(`pseudonyms stand for ${kinds.join(', ')} (key ${key})`)];
}

function momentLines({ consistency }: Inspection): string[] {
  if (consistency === undefined) return [];
  const { resourceVersion, lists, apart, reason = 'no reason given' } = consistency;
  if (resourceVersion === undefined) return [`lists of different moments: ${visibleText(reason)}`];
  const version = visibleText(resourceVersion);
  if (apart.length === 0) return [`all ${lists} lists of one moment (version ${version})`];
  const shown = apart
    .slice(0, MAX_NAMED)
    .map(({ artifact, reason: why }) => `  ${visibleText(artifact)}: ${visibleText(why)}`);
  const more = apart.length > MAX_NAMED ? [`  and ${apart.length - MAX_NAMED} more`] : [];
  return [`${lists} lists of one moment (version ${version}), ${apart.length} of others:`, ...shown, ...more];
}

function noteOf({ redactions = {}, sensitive = {} }: Inspection['entries'][number]): string {
  const removed = total(redactions);
  const shapes = Object.entries(sensitive).map(([shape, count]) => `${count} ${shapeTitle(shape)}`);
  return [
    ...(removed === 0 ? [] : [`${removed} removed`]),
    ...(shapes.length === 0 ? [] : [`looks like ${shapes.join(', ')}`]),
  ].join('; ');
}

function removedLines({ redactions, isOurs, createdAt }: Inspection): string[] {
  if (!isOurs) {
    const why =
      createdAt === undefined ? 'kubecase did not write it' : 'the manifest that says so is missing';
    return [`  not known: ${why}`];
  }
  const rows = Object.entries(redactions);
  if (rows.length === 0) return ['  nothing'];
  return rows.map(
    ([rule, count]) => `  ${String(count).padStart(6)}  ${ruleTitle(rule)} (${visibleText(rule)})`,
  );
}

function sensitiveLines({ entries, sensitive }: Inspection): string[] {
  const lines: string[] = [];
  for (const [shape, count] of Object.entries(sensitive)) {
    const holders = entries.filter((entry) => entry.sensitive?.[shape] !== undefined);
    const named = holders.slice(0, MAX_NAMED).map(({ path }) => visibleText(path));
    const more = holders.length > MAX_NAMED ? ` and ${holders.length - MAX_NAMED} more` : '';
    lines.push(`  ${String(count).padStart(6)}  ${shapeTitle(shape)} in ${named.join(', ')}${more}`);
  }
  return lines.length === 0 ? ['  nothing found'] : lines;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function ruleTitle(rule: string): string {
  return REDACTION_RULES.find(({ id }) => id === rule)?.title ?? visibleText(rule);
}

function shapeTitle(shape: string): string {
  return SENSITIVE_SHAPES.find(({ id }) => id === shape)?.title ?? shape;
}
