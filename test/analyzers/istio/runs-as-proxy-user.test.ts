import { runsAsProxyUser } from '../../../analyzers/istio/runs-as-proxy-user.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { pod } from '../../support/builders.ts';
import { meshPod, proxyContainer } from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const PROXY = proxyContainer('1.27.0', undefined, { securityContext: { runAsUser: 1337 } });
const app = (name: string, user?: number) => ({
  name,
  image: 'registry.example/shop/app:1.2',
  ...(user === undefined ? {} : { securityContext: { runAsUser: user } }),
});

testAnalyzer(runsAsProxyUser, {
  silent: [
    {
      name: 'user 1337 outside of the mesh',
      given: { objects: [pod('web', { spec: { containers: [app('app', 1337)] } })] },
      status: 'not-applicable',
    },
    {
      name: 'only the proxy',
      given: { objects: [meshPod('web', { spec: { containers: [app('app'), PROXY] } })] },
    },
    {
      name: 'a user of the pod that the container overrides',
      given: {
        objects: [
          meshPod('web', {
            spec: { securityContext: { runAsUser: 1337 }, containers: [app('app', 1000), PROXY] },
          }),
        ],
      },
    },
    {
      name: 'an init container that is let out on purpose',
      given: {
        objects: [
          meshPod('web', { spec: { containers: [app('app'), PROXY], initContainers: [app('fetch', 1337)] } }),
        ],
      },
    },
    {
      name: 'a gateway',
      given: {
        objects: [
          meshPod('web', { spec: { containers: [app('app'), PROXY] } }),
          meshPod('gw', {
            spec: {
              securityContext: { runAsUser: 1337 },
              containers: [proxyContainer('1.27.0', undefined, { args: ['proxy', 'router'] }), app('logs')],
            },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a container, and one by the pod',
      given: {
        objects: [
          meshPod('web', { spec: { containers: [app('app', 1337), app('other', 1), PROXY] } }),
          meshPod('api', { spec: { securityContext: { runAsUser: 1337 }, containers: [app('api'), PROXY] } }),
        ],
      },
      expect: [
        { message: 'sameUser', subject: 'Pod/shop/web', values: { container: 'app' } },
        { message: 'sameUser', subject: 'Pod/shop/api', values: { container: 'api' } },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
