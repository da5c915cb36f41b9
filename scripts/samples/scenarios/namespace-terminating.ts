import { faultScenario } from '../base-cluster.ts';
import { changed } from '../change.ts';
import { klog } from '../klog.ts';
import { ago, condition, DAY, logOf, MINUTE, objectOf } from '../object.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** The adapter behind the API was uninstalled, and later the namespace deleted, so long before the collection. */
const UNINSTALLED = 3 * DAY;
const DELETED = 52 * MINUTE;
const GROUP = 'custom.metrics.k8s.io/v1beta2';
const STALE = `unable to retrieve the complete list of server APIs: ${GROUP}: stale GroupVersion discovery: ${GROUP}`;

/**
 * An adapter for metrics was uninstalled and its APIService left behind: no namespace can be deleted since,
 * because nobody can tell whether it holds objects of that API.
 */
export function namespaceTerminating(): Promise<Scenario> {
  return faultScenario('namespace-terminating', {
    objects: [apiService(), oldProject()],
    logs: [['kube-system/kube-controller-manager-cp-1/kube-controller-manager', managerLog()]],
  });
}

function apiService(): ApiObject {
  return objectOf(
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      name: 'v1beta2.custom.metrics.k8s.io',
      age: 33 * DAY,
    },
    {
      spec: {
        group: 'custom.metrics.k8s.io',
        version: 'v1beta2',
        service: { namespace: 'monitoring', name: 'metrics-adapter', port: 443 },
        groupPriorityMinimum: 100,
        versionPriority: 200,
        insecureSkipTLSVerify: true,
      },
      status: {
        conditions: [
          condition('Available', 'False', UNINSTALLED, {
            reason: 'ServiceNotFound',
            message: 'service/metrics-adapter in "monitoring" is not present',
          }),
        ],
      },
    },
  );
}

function oldProject(): ApiObject {
  const fine = (type: string, reason: string, message: string) =>
    condition(type, 'False', DELETED - 6, { reason, message });
  return changed(
    objectOf(
      { kind: 'Namespace', name: 'old-project', labels: { 'kubernetes.io/metadata.name': 'old-project' } },
      { spec: { finalizers: ['kubernetes'] } },
    ),
    {
      metadata: { deletionTimestamp: ago(DELETED) },
      status: {
        phase: 'Terminating',
        conditions: [
          condition('NamespaceDeletionDiscoveryFailure', 'True', DELETED - 6, {
            reason: 'DiscoveryFailed',
            message: `Discovery failed for some groups, 1 failing: ${STALE}`,
          }),
          fine(
            'NamespaceDeletionGroupVersionParsingFailure',
            'ParsedGroupVersions',
            'All legacy kube types successfully parsed',
          ),
          fine(
            'NamespaceDeletionContentFailure',
            'ContentDeleted',
            'All content successfully deleted, may be waiting on finalization',
          ),
          fine('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'),
          fine(
            'NamespaceFinalizersRemaining',
            'ContentHasNoFinalizers',
            'All content-preserving finalizers finished',
          ),
        ],
      },
    },
  );
}

function managerLog(): string {
  return logOf(
    [DELETED - 6, 1500, 600, 45].map((age) => [
      age,
      `${klog('E', age, 1)} namespace_controller.go:164] "Unhandled Error" err="deletion of namespace old-project failed: ${STALE}"`,
    ]),
  );
}
