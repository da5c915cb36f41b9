import { servicePortUnserved } from '../../../analyzers/network/service-port-unserved.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { endpointSlice, service } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { declares, probes, program, says, slice, withPort } from './port-cases.ts';
import { ingress, labelled, subject, unready } from './service-cases.ts';

const proxy = { name: 'istio-proxy', image: 'istio/proxyv2:1.24', ...declares(15090) };

testAnalyzer(servicePortUnserved, {
  silent: [
    {
      name: 'a declared port',
      given: { objects: [withPort({ targetPort: 8080 }), program(declares(8080)), slice] },
    },
    {
      name: 'a port by the name a container has',
      given: {
        objects: [withPort({ targetPort: 'http' }), program(declares(8080, { name: 'http' })), slice],
      },
    },
    {
      name: 'a port by a name that one pod of a rollout has',
      given: {
        objects: [
          withPort({ targetPort: 'http' }),
          program(),
          labelled(
            'web-2',
            { app: 'web' },
            { spec: { containers: [{ name: 'app', image: 'a:2', ...declares(80, { name: 'http' }) }] } },
          ),
          slice,
        ],
      },
    },
    {
      name: 'a name nobody has, but the Service has no endpoint: that is told there',
      given: { objects: [withPort({ targetPort: 'http' }), program(), endpointSlice('web', [])] },
    },
    {
      name: 'a number that is not declared, and nothing else',
      given: { objects: [withPort({ targetPort: 8080 }), program(declares(9090)), slice] },
    },
    {
      name: 'a number that nothing declares, with a probe elsewhere',
      given: { objects: [withPort({ targetPort: 8080 }), program(probes(9090)), slice] },
    },
    {
      name: 'a number the arguments mention',
      given: {
        objects: [
          withPort({ targetPort: 8080 }),
          program({ ...declares(9090), ...probes(9090), args: ['--listen=:8080'] }),
          slice,
        ],
      },
    },
    {
      name: 'a second port that is not declared, beside one that is',
      given: {
        objects: [
          service('web', {
            spec: {
              ports: [
                { port: 80, targetPort: 8080 },
                { port: 9100, targetPort: 9100 },
              ],
            },
          }),
          program({ ...declares(8080), ...probes(8080) }),
          slice,
        ],
      },
    },
    {
      name: 'a log that names the port among others',
      given: {
        objects: [withPort({ targetPort: 8080 }), program(declares(9090)), slice],
        logs: [
          {
            namespace: 'shop',
            pod: 'web-1',
            container: 'app',
            text: 'listening on :9090\nlistening on :8080\n',
          },
        ],
      },
    },
    {
      name: 'two programs in the pod',
      given: {
        objects: [
          withPort({ targetPort: 8080 }),
          program({ ...declares(9090), ...probes(9090) }, [{ name: 'second', image: 'b:1' }]),
          slice,
        ],
      },
    },
    {
      name: 'a headless Service',
      given: {
        objects: [withPort({ targetPort: 'http' }, { clusterIP: 'None' }), program(), slice],
      },
    },
    {
      name: 'no pod is ready',
      given: { objects: [withPort({ targetPort: 'http' }), unready('web-1')] },
    },
    {
      name: 'UDP to a port declared as TCP, and nothing else',
      given: { objects: [withPort({ targetPort: 514, protocol: 'UDP' }), program(declares(514)), slice] },
    },
    {
      name: 'the same number for UDP and TCP, declared once',
      given: {
        objects: [
          service('web', {
            spec: {
              ports: ['UDP', 'TCP'].map((protocol) => ({
                name: protocol,
                port: 53,
                targetPort: 53,
                protocol,
              })),
            },
          }),
          program(declares(53, { protocol: 'UDP' })),
          slice,
        ],
      },
    },
    {
      name: 'names that promise what the program speaks',
      given: {
        objects: [
          withPort({ name: 'https-web', targetPort: 8443 }),
          program({ ...declares(8443), ...probes(8443, { scheme: 'HTTPS' }) }),
          slice,
        ],
      },
    },
    {
      name: 'TLS that a load balancer ends',
      given: {
        objects: [
          withPort({ name: 'https', targetPort: 8080 }, { type: 'LoadBalancer' }),
          program({ ...declares(8080), ...probes(8080) }),
          slice,
        ],
      },
    },
    {
      name: 'another protocol that nobody reads from the name',
      given: {
        objects: [
          withPort({ name: 'http', targetPort: 8443 }),
          program({ ...declares(8443), ...probes(8443, { scheme: 'HTTPS' }) }),
          slice,
        ],
      },
      info: [
        {
          message: 'protocolDiffers',
          subject,
          severity: 'info',
          values: { promised: 'http', by: 'name', spoken: 'https' },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'a name nobody has',
      given: { objects: [withPort({ targetPort: 'http' }), program(declares(8080, { name: 'web' })), slice] },
      expect: [
        {
          message: 'nameMissing',
          subject,
          severity: 'warning',
          values: { target: 'http', transport: 'TCP' },
        },
      ],
    },
    {
      name: 'a name with another transport protocol, needed by an Ingress',
      given: {
        objects: [
          withPort({ targetPort: 'http' }),
          ingress,
          program(declares(8080, { name: 'http', protocol: 'UDP' })),
          slice,
        ],
      },
      expect: [{ message: 'nameMissing', subject, severity: 'critical', confidence: 'certain' }],
    },
    {
      name: 'a probe that succeeds on the declared port',
      given: {
        objects: [withPort({ targetPort: 8080 }), program({ ...declares(9090), ...probes(9090) }), slice],
      },
      expect: [
        {
          message: 'nobodyListens',
          subject,
          confidence: 'likely',
          values: {
            port: '80',
            target: '8080',
            actual: '9090',
            source: 'its readinessProbe, which succeeds',
          },
        },
      ],
    },
    {
      name: 'the variable PORT, beside the proxy of a mesh',
      given: {
        objects: [
          withPort({ targetPort: 8080 }),
          program({ env: [{ name: 'PORT', value: '3000' }] }, [proxy]),
          slice,
        ],
      },
      expect: [
        { message: 'nobodyListens', subject, values: { actual: '3000', source: 'its variable PORT' } },
      ],
    },
    {
      name: 'the program says where it listens',
      given: {
        objects: [withPort({ targetPort: 8080 }), program(), slice],
        logs: says('Server listening on port 3000'),
      },
      expect: [{ message: 'nobodyListens', subject, values: { actual: '3000', source: 'its log' } }],
    },
    {
      name: 'UDP to a port that serves TCP, as its probe shows',
      given: {
        objects: [
          withPort({ targetPort: 514, protocol: 'UDP' }),
          program({ ...declares(514), readinessProbe: { tcpSocket: { port: 514 } } }),
          slice,
        ],
      },
      expect: [
        {
          message: 'transportDiffers',
          subject,
          severity: 'warning',
          confidence: 'likely',
          values: { transport: 'UDP', target: '514' },
        },
      ],
    },
    {
      name: 'http to gRPC in a mesh',
      given: {
        objects: [
          withPort({ name: 'http-api', targetPort: 9090 }),
          program({ ...declares(9090), readinessProbe: { grpc: { port: 9090 } } }, [proxy]),
          slice,
        ],
      },
      expect: [{ message: 'protocolDiffers', subject, severity: 'warning', values: { spoken: 'grpc' } }],
    },
    {
      name: 'an appProtocol, against the name of the container port',
      given: {
        objects: [
          withPort({ name: 'api', appProtocol: 'http', targetPort: 9090 }),
          program(declares(9090, { name: 'grpc' })),
          slice,
        ],
      },
      expect: [{ message: 'protocolDiffers', subject, severity: 'warning', values: { by: 'appProtocol' } }],
    },
  ],
  unknown: [
    { name: 'Services were refused', given: { forbidden: [services] }, reason: /not allowed/ },
    { name: 'pods were refused', given: { objects: [service('web')], forbidden: [pods] } },
  ],
});
