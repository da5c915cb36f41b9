import type { Finding } from '../../../src/model/finding.ts';
import type { Cause, Report } from '../../../src/model/report.ts';
import type { Subject } from '../../../src/model/subject.ts';
import type { Fault } from './fault.ts';

/** A cause in the words of an expectation, to be read in a failed assertion. */
interface Verdict {
  readonly analyzer: string;
  readonly message: string;
  readonly subjects: readonly string[];
  readonly text: string;
}

/** The causes that touch a fault, in rank order: they or their symptoms are about its namespace or its cluster-wide objects. */
export function causesOf(report: Report, fault: Pick<Fault, 'name' | 'objects'>): Verdict[] {
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  return report.diagnosis.causes
    .filter(({ members, symptoms }) =>
      [...members, ...symptoms].some((id) => isAbout(byId.get(id) as Finding, fault)),
    )
    .map(verdictOf);
}

/** `<Kind> <namespace>/<name>`, or without the namespace for what lies in none. */
function nameOf(subject: Subject): string {
  if ('external' in subject) return `${subject.external} ${subject.name}`;
  const { kind, namespace, name } = subject;
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Critical and warning findings that name an object of a namespace. */
export function accusations(report: Report, namespace: string): string[] {
  return report.findings
    .filter(({ severity }) => severity !== 'info')
    .filter((finding) => isAbout(finding, { name: namespace, objects: [] }))
    .map(({ analyzerId, messageId, subject }) => `${analyzerId} ${messageId}: ${nameOf(subject)}`);
}

function verdictOf({ analyzerId, messageId, subjects, message }: Cause): Verdict {
  return { analyzer: analyzerId, message: messageId, subjects: subjects.map(nameOf), text: message };
}

function isAbout(finding: Finding, { name, objects }: Pick<Fault, 'name' | 'objects'>): boolean {
  const own = new Set(
    objects
      // Nodes are shared: what befalls a pod of another fault there is not this fault's.
      .filter(({ kind, metadata }) => metadata.namespace === undefined && kind !== 'Node')
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
  );
  return [finding.subject, ...finding.related].some((subject) => {
    if ('external' in subject) return false;
    const isNamespace = subject.kind === 'Namespace' && subject.name === name;
    return subject.namespace === name || isNamespace || own.has(nameOf(subject));
  });
}
