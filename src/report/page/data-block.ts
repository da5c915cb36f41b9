import type { Finding } from '../../model/finding.ts';
import { SEVERITIES } from '../../model/message.ts';
import type { Subject } from '../../model/subject.ts';
import type { CauseGroup } from '../finding-groups.ts';
import { describeConfidence, describeReach, describeSince } from '../first-screen.ts';
import { MARK, packString, StringTable } from '../packed-strings.ts';
import type { Segment } from '../segments.ts';
import { visibleInline, visibleLine, visibleText } from '../visible-text.ts';
import { describeEvidence } from './evidence-view.ts';
import { restOfFacts } from './fact-view.ts';
import type { GroupView } from './finding-view.ts';
import { causeSegments, messageSegments, type PageContext, STATIC_ROWS } from './page-context.ts';

/** `[severity, analyzer, confidence, message, since or -1, ...places]`: numbers of strings, but the severity. */
type Shape = readonly number[];
/** `[shape, name, namespace or -1, node or -1, fingerprint, ...numbers]`. */
type PackedFinding = readonly number[];

/** A cause beyond the static ones: `[finding or -1, message or -1, reach or -1, remedy, ...numbers]`. */
type PackedCause = readonly number[];

/** What the browser script works on; repeated strings are interned. */
export interface DataBlock {
  readonly texts: Readonly<Record<string, string>>;
  readonly strings: readonly string[];
  readonly shapes: readonly Shape[];
  readonly findings: readonly PackedFinding[];
  /** Positions of the findings of each group, by key. */
  readonly groups: Readonly<Record<string, readonly number[]>>;
  readonly causes: readonly PackedCause[];
  readonly remedies: readonly (readonly number[])[];
  /** Excerpts of findings that have no static row: `[first line or 0, mark or -1, ...lines]` per evidence. */
  readonly excerpts: Readonly<Record<number, readonly (readonly (number | string)[])[]>>;
  readonly facts: Readonly<Record<string, readonly (readonly string[])[]>>;
}

/** The data block of a page whose static part shows `groups` and the findings `staticFindings`. */
export function dataBlock(
  context: PageContext,
  groups: readonly GroupView[],
  staticFindings: ReadonlySet<number>,
): DataBlock {
  const packer = new FindingPacker(context);
  const findings = context.report.findings.map((finding) => packer.finding(finding));
  const rest = packRestOfCauses(context, packer);
  const positions = (list: readonly Finding[]) => list.map((finding) => context.indexOf(finding));
  return {
    texts: {
      ...context.texts.filter,
      ...context.texts.severity,
      remedy: context.texts.causes.remedy,
      symptoms: context.texts.causes.symptoms.other,
      members: context.texts.causes.members.other,
    },
    findings,
    ...rest,
    groups: {
      ...Object.fromEntries(groups.map((group) => [group.key, positions(group.findings)])),
      ...rest.groups,
    },
    strings: packer.table.strings,
    shapes: packer.shapes,
    excerpts: restOfExcerpts(context, staticFindings),
    facts: restOfFacts(context),
  };
}

/** A block as the text of a script element: no `<` can end the element, no line separator can end a line. */
export function serializeBlock(block: DataBlock): string {
  return JSON.stringify(block)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

class FindingPacker {
  readonly table = new StringTable();
  readonly shapes: Shape[] = [];
  private readonly shapeNumbers = new Map<string, number>();
  private readonly context: PageContext;
  /** Whether names are pseudonyms, which `unmask` has to find. */
  private readonly words: boolean;

  constructor(context: PageContext) {
    this.context = context;
    this.words = context.report.bundles.some(({ obfuscation }) => obfuscation !== undefined);
  }

  finding(finding: Finding): PackedFinding {
    const { texts, catalog, report } = this.context;
    const { name, namespace } = namesOf(finding.subject);
    const numbers: number[] = [];
    const pack = (text: string) => this.pack(text, { name, namespace, numbers });
    const since = describeSince(finding.since, report.cluster.observed, texts);
    const shape = this.shape([
      SEVERITIES.indexOf(finding.severity),
      this.table.add(visibleInline(finding.analyzerId)),
      this.table.add(describeConfidence(finding.confidence, texts)),
      pack(markCode(messageSegments(finding, catalog))),
      since === undefined ? -1 : pack(since),
      ...finding.evidence.map((evidence) => pack(describeEvidence(evidence, texts))),
    ]);
    const optional = (text: string) => (text === '' ? -1 : this.table.add(text));
    const fingerprint = this.table.add(visibleInline(finding.fingerprint));
    return [
      shape,
      this.table.add(name),
      optional(namespace),
      optional(nodeOf(finding)),
      fingerprint,
      ...numbers,
    ];
  }

  pack(
    text: string,
    own: { readonly name: string; readonly namespace: string; readonly numbers: number[] },
  ): number {
    const packed = packString(text, own.name, own.namespace, this.words);
    own.numbers.push(...packed.numbers);
    return this.table.add(packed.template);
  }

  private shape(shape: Shape): number {
    const key = shape.join(',');
    const known = this.shapeNumbers.get(key);
    if (known !== undefined) return known;
    this.shapeNumbers.set(key, this.shapes.length);
    return this.shapes.push(shape) - 1;
  }
}

type PackedRest = Pick<DataBlock, 'causes' | 'remedies' | 'groups'>;

function packRestOfCauses(context: PageContext, packer: FindingPacker): PackedRest {
  const groups: Record<string, readonly number[]> = {};
  const remedies = new Map<string, number>();
  const causes = context.groups.causes.slice(STATIC_ROWS).map((group, at) => {
    const position = at + STATIC_ROWS;
    const { members, symptoms } = group;
    if (symptoms.length > 0) groups[`s${position}`] = symptoms.map((symptom) => context.indexOf(symptom));
    if (members.length > 0) groups[`m${position}`] = members.map((member) => context.indexOf(member));
    return packCause(group, remedies, context, packer);
  });
  const lists = [...remedies.keys()].map((key) => (key === '' ? [] : key.split(',').map(Number)));
  return { causes, groups, remedies: lists };
}

function packCause(
  { cause, finding }: CauseGroup,
  remedies: Map<string, number>,
  context: PageContext,
  packer: FindingPacker,
): PackedCause {
  const numbers: number[] = [];
  const own = { ...(finding ? namesOf(finding.subject) : { name: '', namespace: '' }), numbers };
  const message = causeSegments(cause, finding, context.catalog);
  const messageNumber = finding ? -1 : packer.pack(markCode(message), own);
  const reach = describeReach(cause, context.texts);
  const reachNumber = reach === undefined ? -1 : packer.pack(reach, own);
  const steps = cause.remedy.flatMap(({ text, command }) => [
    packer.pack(visibleInline(text), own),
    command === undefined ? -1 : packer.pack(visibleText(command), own),
  ]);
  const key = steps.join(',');
  const remedy = remedies.get(key) ?? remedies.size;
  remedies.set(key, remedy);
  return [finding ? context.indexOf(finding) : -1, messageNumber, reachNumber, remedy, ...numbers];
}

function restOfExcerpts(context: PageContext, staticFindings: ReadonlySet<number>): DataBlock['excerpts'] {
  const rest: Record<number, (number | string)[][]> = {};
  for (const [index, finding] of context.report.findings.entries()) {
    if (staticFindings.has(index)) continue;
    const excerpts = finding.evidence.map((evidence) => {
      const excerpt = evidence.type === 'absent' ? undefined : evidence.excerpt;
      if (!excerpt) return [];
      return [excerpt.startLine ?? 0, excerpt.mark ?? -1, ...excerpt.lines.map(visibleLine)];
    });
    if (excerpts.some((excerpt) => excerpt.length > 0)) rest[index] = excerpts;
  }
  return rest;
}

function namesOf(subject: Subject): { readonly name: string; readonly namespace: string } {
  const namespace = 'external' in subject ? '' : (subject.namespace ?? '');
  return { name: visibleInline(subject.name), namespace: visibleInline(namespace) };
}

/** The node a finding is about or relates to, for the filter. */
function nodeOf(finding: Finding): string {
  const node = [finding.subject, ...finding.related].find(
    (subject) => !('external' in subject) && subject.kind === 'Node',
  );
  return node ? visibleInline(node.name) : '';
}

function markCode(segments: readonly Segment[]): string {
  return segments.map(({ code, text }) => (code ? `${MARK.codeOn}${text}${MARK.codeOff}` : text)).join('');
}
