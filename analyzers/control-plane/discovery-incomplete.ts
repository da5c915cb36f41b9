import { apiServices } from '../../src/artifacts/extension-resources.ts';
import { controlPlane, logOwnerOf } from '../../src/derive/control-plane.ts';
import { componentLog } from '../../src/derive/control-plane-logs.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

export const discoveryIncomplete = defineAnalyzer({
  meta: {
    id: 'control-plane/discovery-incomplete',
    title: 'Controllers do not see all API groups',
    description:
      'Whether garbage collector, namespace and quota controllers stall because an aggregated API group does not answer.',
    messages: {
      stalled: {
        severity: 'warning',
        confidence: {
          level: 'certain',
          reason: 'the controller logs it and the APIService is not available',
        },
        text: 'The controllers of {component:object} cannot list all API groups, since `{group:text}` does not answer ({api:object}): namespaces are not deleted, garbage is not collected and quotas of its kinds are not counted.',
        remedy: [
          {
            text: 'See why the APIService is not available.',
            argv: ['kubectl', 'describe', 'apiservice', '{api.name}'],
          },
          {
            text: 'Bring its Service back. If the software behind it is gone for good, delete the APIService; that removes the group, not your data.',
          },
        ],
        key: ['group'],
        effect: 'object-not-deleted',
        groupBy: ['group'],
      },
    },
    checks: {
      complete: { item: 'Controllers see all API groups', expected: 'discovery complete', found: 'complete' },
    },
    references: [
      'kubernetes pkg/controller/namespace, pkg/controller/garbagecollector: discovery of all groups',
      'facts: control-plane-and-nodes.md §2.3',
    ],
  },
  needs: { plane: controlPlane, log: componentLog, apiServices },
  appliesTo: ({ plane }) => plane.applies('kube-controller-manager'),
  analyze({ plane, log, apiServices: services }, context) {
    for (const instance of plane.of('kube-controller-manager')) {
      const { subject } = instance;
      const [matches] = recentMatches(log.matches('discoveryIncomplete', logOwnerOf(instance)), context);
      const groups = new Set(
        (matches?.hits ?? []).flatMap(({ captures }) =>
          [...(captures.groups ?? '').matchAll(/([a-z0-9.-]+)\/(v[a-z0-9]+): /g)].map(
            ([, group, version]) => `${group}/${version}`,
          ),
        ),
      );
      let isStalled = false;
      for (const group of groups) {
        const [name = '', version = ''] = group.split('/');
        const service = services.lookup({ name: `${version}.${name}` });
        // Available again, or gone: the line speaks of a time that is over.
        if (service.state !== 'present' || !matches || isAvailable(service.item)) continue;
        isStalled = true;
        const api = subjectOf(service.item);
        context.report({
          message: 'stalled',
          values: { component: subject, group, api },
          subject,
          related: [api],
          evidence: [lastLineOf(matches), context.at(service.item, '/status/conditions')],
        });
      }
      if (!isStalled) context.looked({ check: 'complete', values: {}, subject });
    }
    return undefined;
  },
});

function isAvailable(item: {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}): boolean {
  return item.status?.conditions?.find(({ type }) => type === 'Available')?.status !== 'False';
}
