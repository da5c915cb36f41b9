import type { AnalyzeContext, EvidenceRefs } from '../model/analyzer.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { Confidence } from '../model/message.ts';
import { type Subject, subjectOf } from '../model/subject.ts';
import { isSettled } from './istio-configuration.ts';

/** What the check of one object of Istio's configuration gave: a finding as its analyzer words it, or why it cannot be told. */
export type IstioFault<F> =
  | {
      readonly kind: 'fault';
      readonly finding: F;
      /** JSON Pointer in the object to what is wrong. */
      readonly pointer: string;
      /** Other objects that show it. */
      readonly shown?: readonly { readonly item: ResourceIdentity; readonly pointer: string }[];
      /** What was looked for in vain. */
      readonly absent?: {
        readonly artifact: { readonly id: string };
        readonly namespace: string;
        readonly name?: string;
      };
      readonly related?: readonly Subject[];
      /** Why it is less than certain. */
      readonly doubt?: Confidence;
    }
  | { readonly kind: 'unseen'; readonly gap: Gap };

/** What was to be searched was not seen whole. */
export function unseen(gap: Gap): { readonly kind: 'unseen'; readonly gap: Gap } {
  return { kind: 'unseen', gap };
}

/** Subject, related objects and evidence of a fault, as `report()` takes them. */
export function faultParts(
  item: ResourceIdentity,
  { pointer, shown = [], absent, related = [], doubt }: Extract<IstioFault<unknown>, { kind: 'fault' }>,
  context: Pick<AnalyzeContext, 'at' | 'absent'>,
) {
  const evidence: EvidenceRefs = [
    context.at(item, pointer),
    ...shown.map((one) => context.at(one.item, one.pointer)),
    ...(absent ? [absenceOf(absent, context)] : []),
  ];
  return { subject: subjectOf(item, pointer), related, evidence, ...(doubt ? { confidence: doubt } : {}) };
}

function absenceOf(
  { artifact, namespace, name }: NonNullable<Extract<IstioFault<unknown>, { kind: 'fault' }>['absent']>,
  context: Pick<AnalyzeContext, 'absent'>,
) {
  const scope = { type: 'namespace', namespace } as const;
  return context.absent(name === undefined ? { artifact, scope } : { artifact, scope, name });
}

/** What is done with the outcome of an object's check. */
export interface FaultSink<F> {
  report(fault: Extract<IstioFault<F>, { kind: 'fault' }>): void;
  unseen(reason: string | Gap): void;
  fine(): void;
}

/** Sorts the faults of one object: those of an object changed a moment ago, or being deleted, are not told. */
export function judgeFaults<F>(
  item: Parameters<typeof isSettled>[0],
  faults: Iterable<IstioFault<F>>,
  context: DeriveContext,
  sink: FaultSink<F>,
): void {
  if (item.metadata.deletionTimestamp) return;
  const settled = isSettled(item, context);
  let isFine = true;
  for (const fault of faults) {
    isFine = false;
    if (fault.kind === 'unseen') sink.unseen(fault.gap);
    else if (settled) sink.report(fault);
    else sink.unseen(settled === undefined ? 'its age is not known' : 'it was changed a moment ago');
  }
  if (isFine) sink.fine();
}
