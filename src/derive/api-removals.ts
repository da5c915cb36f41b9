/** A version of a kind that a release of Kubernetes does not serve any more. */
export interface ApiRemoval {
  readonly group: string;
  readonly version: string;
  /** Plurals; empty: every kind of the version. */
  readonly resources: readonly string[];
  /** Minor release of Kubernetes 1 that removed it. */
  readonly removedIn: number;
  /** What to use instead, as an apiVersion; undefined when there is nothing. */
  readonly use?: string;
}

/** When the table was made from the lifecycle markers of k8s.io/api (zz_generated.prerelease-lifecycle.go). */
export const REMOVALS_AS_OF = '2026-07-24';

function removal(apiVersion: string, removedIn: number, use?: string, ...resources: string[]): ApiRemoval {
  const slash = apiVersion.indexOf('/');
  const [group, version] = [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  return { group, version, resources, removedIn, ...(use === undefined ? {} : { use }) };
}

/** Versions by the release that removed them, of kinds that people write manifests of. */
export const API_REMOVALS: readonly ApiRemoval[] = [
  removal('extensions/v1beta1', 22, 'networking.k8s.io/v1', 'ingresses'),
  removal('extensions/v1beta1', 16, 'apps/v1'),
  removal('apps/v1beta1', 16, 'apps/v1'),
  removal('apps/v1beta2', 16, 'apps/v1'),
  removal(
    'admissionregistration.k8s.io/v1beta1',
    22,
    'admissionregistration.k8s.io/v1',
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
  ),
  removal(
    'admissionregistration.k8s.io/v1alpha1',
    32,
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
  ),
  removal(
    'admissionregistration.k8s.io/v1beta1',
    34,
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
  ),
  removal('apiextensions.k8s.io/v1beta1', 22, 'apiextensions.k8s.io/v1'),
  removal('apiregistration.k8s.io/v1beta1', 22, 'apiregistration.k8s.io/v1'),
  removal('certificates.k8s.io/v1beta1', 22, 'certificates.k8s.io/v1', 'certificatesigningrequests'),
  removal('coordination.k8s.io/v1beta1', 22, 'coordination.k8s.io/v1', 'leases'),
  removal('networking.k8s.io/v1beta1', 22, 'networking.k8s.io/v1', 'ingresses', 'ingressclasses'),
  removal('rbac.authorization.k8s.io/v1beta1', 22, 'rbac.authorization.k8s.io/v1'),
  removal('scheduling.k8s.io/v1beta1', 22, 'scheduling.k8s.io/v1', 'priorityclasses'),
  removal(
    'storage.k8s.io/v1beta1',
    22,
    'storage.k8s.io/v1',
    'csidrivers',
    'csinodes',
    'storageclasses',
    'volumeattachments',
  ),
  removal('batch/v1beta1', 25, 'batch/v1', 'cronjobs'),
  removal('discovery.k8s.io/v1beta1', 25, 'discovery.k8s.io/v1', 'endpointslices'),
  removal('events.k8s.io/v1beta1', 25, 'events.k8s.io/v1', 'events'),
  removal('autoscaling/v2beta1', 25, 'autoscaling/v2', 'horizontalpodautoscalers'),
  removal('policy/v1beta1', 25, 'policy/v1', 'poddisruptionbudgets'),
  removal('policy/v1beta1', 25, undefined, 'podsecuritypolicies'),
  removal('node.k8s.io/v1beta1', 25, 'node.k8s.io/v1', 'runtimeclasses'),
  removal('autoscaling/v2beta2', 26, 'autoscaling/v2', 'horizontalpodautoscalers'),
  removal('flowcontrol.apiserver.k8s.io/v1beta1', 26, 'flowcontrol.apiserver.k8s.io/v1'),
  removal('storage.k8s.io/v1beta1', 27, 'storage.k8s.io/v1', 'csistoragecapacities'),
  removal('flowcontrol.apiserver.k8s.io/v1beta2', 29, 'flowcontrol.apiserver.k8s.io/v1'),
  removal('flowcontrol.apiserver.k8s.io/v1beta3', 32, 'flowcontrol.apiserver.k8s.io/v1'),
  removal('authentication.k8s.io/v1beta1', 33, 'authentication.k8s.io/v1', 'selfsubjectreviews'),
  removal('networking.k8s.io/v1beta1', 37, 'networking.k8s.io/v1', 'ipaddresses', 'servicecidrs'),
  removal('storage.k8s.io/v1beta1', 37, 'storage.k8s.io/v1', 'volumeattributesclasses'),
  removal('resource.k8s.io/v1alpha3', 37, 'resource.k8s.io/v1'),
  removal('resource.k8s.io/v1beta1', 38, 'resource.k8s.io/v1'),
  removal('resource.k8s.io/v1beta2', 39, 'resource.k8s.io/v1'),
  removal(
    'admissionregistration.k8s.io/v1beta1',
    40,
    'admissionregistration.k8s.io/v1',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
  ),
];

/** The entry for a kind in one of its versions; undefined when no release is known to remove it. */
export function removalOf(apiVersion: string, resource: string): ApiRemoval | undefined {
  return API_REMOVALS.find(
    ({ group, version, resources }) =>
      `${group}/${version}` === apiVersion && (resources.length === 0 || resources.includes(resource)),
  );
}
