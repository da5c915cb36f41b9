import type { ServiceItem } from '../artifacts/network-resources.ts';
import { groupOf } from '../model/subject.ts';
import { isOperatorGroup } from './custom-workloads.ts';
import type { ServiceBackends } from './service-backends.ts';

/**
 * The kind of operator object whose pods a Service may be made for. Such an object may be scaled to zero
 * without any built-in workload that says so. Undefined when nothing of the kind is in sight.
 */
export function operatorOf(
  service: ServiceItem,
  backends: Pick<ServiceBackends, 'operatorKinds'>,
): string | undefined {
  const owner = service.metadata.ownerReferences?.find((one) => isOperatorGroup(groupOf(one.apiVersion)));
  return owner?.kind ?? backends.operatorKinds[0];
}
