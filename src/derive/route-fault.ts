import type { Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { ObjectRef } from '../model/subject.ts';

type Of<Message extends string, Values> = {
  readonly message: Message;
  readonly values: { readonly route: ObjectRef } & Values;
};

/** Why requests to an Ingress, Gateway or HTTPRoute do not get where it sends them. */
export type RouteFinding =
  | Of<'backendMissing', { service: ObjectRef }>
  | Of<'portMissing', { service: ObjectRef; port: string; offered: readonly string[] }>
  | Of<'secretMissing', { secret: ObjectRef; hosts: readonly string[] }>
  | Of<'secretUnfit', { secret: ObjectRef; detail: string }>
  | Of<'classMissing', { class: ObjectRef }>
  | Of<'classUnset', { classes: readonly string[] }>
  | Of<'parentMissing', { parent: ObjectRef }>
  | Of<'notAccepted' | 'notProgrammed' | 'refsNotResolved', { place: string; reason: string; detail: string }>
  | Of<'unclaimed', { since: string }>;

/** What the check of one reference or condition gave. */
export type RouteFault =
  | {
      readonly kind: 'fault';
      readonly finding: RouteFinding;
      /** JSON Pointer in the route to what is wrong. */
      readonly pointer: string;
      /** The other object that shows it. */
      readonly shown?: { readonly item: ResourceIdentity; readonly pointer: string };
      /** What was looked for in vain. */
      readonly absent?: AbsentRef;
      readonly since?: string;
      readonly related?: readonly ObjectRef[];
      /** Why it weighs less and is less than certain: keys of a Secret may have been removed, for instance. */
      readonly doubt?: { readonly level: 'likely' | 'possible'; readonly reason: string };
    }
  | { readonly kind: 'unseen'; readonly gap: Gap };

/** An object that is not there: where it was searched, and its name. */
export interface AbsentRef {
  readonly artifact: { readonly id: string };
  readonly namespace?: string;
  readonly name: string;
}
