import type { Condition } from '../model/condition.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** An object of Istio's configuration with what Istio says of it. */
export type ConditionedItem = ResourceIdentity & {
  readonly status?: {
    readonly conditions?: readonly Condition[];
  };
};

/** A condition by which Istio says that something is not done. */
export interface NegativeCondition {
  readonly is: 'waypointUnbound' | 'notAccepted';
  /** Position in `status.conditions`. */
  readonly index: number;
  readonly type: string;
  readonly reason: string;
  readonly detail: string;
  readonly since: string | undefined;
}

/** Conditions that have to be True (istio pkg/config/analysis/analyzers/conditions: IST0171). */
const WANTED: ReadonlyMap<string, NegativeCondition['is']> = new Map([
  ['istio.io/WaypointBound', 'waypointUnbound'],
  ['ZtunnelAccepted', 'notAccepted'],
  ['WaypointAccepted', 'notAccepted'],
]);

/** The conditions of an object that are False. */
export function negativeConditions({ status }: ConditionedItem): NegativeCondition[] {
  return (status?.conditions ?? []).flatMap((condition, index) => {
    const { type, status: value, reason = '', message = '', lastTransitionTime: since } = condition;
    const is = WANTED.get(type);
    if (is === undefined || value !== 'False') return [];
    return [{ is, index, type, reason, detail: message.replace(/\.$/, ''), since }];
  });
}
