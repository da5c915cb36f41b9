import { expect, it } from 'vitest';
import { ruleForPath } from '../../../src/kube/rbac-rule.ts';

it('reads a path as the API server does', () => {
  const cases: Record<string, { group?: string; resource?: string; url?: string; verb: string }> = {
    '/api/v1/pods?limit=500': { group: '', resource: 'pods', verb: 'list' },
    '/api/v1/namespaces': { group: '', resource: 'namespaces', verb: 'list' },
    '/api/v1/namespaces/shop': { group: '', resource: 'namespaces', verb: 'get' },
    '/api/v1/namespaces/shop/status': { group: '', resource: 'namespaces/status', verb: 'get' },
    '/api/v1/namespaces/shop/secrets': { group: '', resource: 'secrets', verb: 'list' },
    '/api/v1/namespaces/shop/pods/web/log?previous=true': { group: '', resource: 'pods/log', verb: 'get' },
    '/api/v1/nodes/n1/proxy/metrics': { group: '', resource: 'nodes/proxy', verb: 'get' },
    '/apis/apps/v1/namespaces/shop/deployments/web': { group: 'apps', resource: 'deployments', verb: 'get' },
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': {
      group: 'apiextensions.k8s.io',
      resource: 'customresourcedefinitions',
      verb: 'list',
    },
    '/api/v1': { url: '/api/v1', verb: 'get' },
    '/apis/apps/v1': { url: '/apis/apps/v1', verb: 'get' },
    '/livez?verbose': { url: '/livez', verb: 'get' },
  };

  for (const [path, { group, resource, url, verb }] of Object.entries(cases)) {
    const expected = url
      ? { nonResourceURLs: [url], verbs: [verb] }
      : { apiGroups: [group], resources: [resource], verbs: [verb] };
    expect(ruleForPath(path), path).toEqual(expected);
  }
});
