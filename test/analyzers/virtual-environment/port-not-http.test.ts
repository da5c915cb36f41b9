import { portNotHttp } from '../../../analyzers/virtual-environment/port-not-http.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const WORKLOADS = [inEnvironment('app', 'dev'), inEnvironment('app', 'dev.a')];
const subject = 'Service/shop/app';

function withPorts(...ports: readonly object[]) {
  return { objects: [virtualEnvironment(), ...WORKLOADS, appService('app', { spec: { ports } })] };
}

testAnalyzer(portNotHttp, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: demo() } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'http beside another port',
      given: withPorts({ name: 'http-web', port: 80 }, { name: 'tcp-x', port: 81 }),
    },
    {
      name: 'a name whose first word says nothing, as of httpbin',
      given: withPorts({ name: 'httpbin', port: 80 }),
    },
    { name: 'HTTP/2', given: withPorts({ name: 'http2-grpc', port: 80 }) },
    { name: 'UDP only', given: withPorts({ name: 'dns', port: 53, protocol: 'UDP' }) },
    {
      name: 'one environment only',
      given: {
        objects: [
          virtualEnvironment(),
          inEnvironment('app', 'dev'),
          appService('app', { spec: { ports: [{ name: 'web', port: 80 }] } }),
        ],
      },
    },
    {
      name: 'a Service without a selector',
      given: {
        objects: [
          virtualEnvironment(),
          ...WORKLOADS,
          appService('app', { spec: { selector: undefined, ports: [{ name: 'web', port: 80 }] } }),
        ],
      },
    },
    {
      name: 'a database',
      given: withPorts({ name: 'mysql', port: 3306 }),
      info: [{ message: 'notHttp', subject, values: { ports: ['3306 `mysql`'] } }],
    },
    {
      name: 'https beside http',
      given: withPorts({ name: 'http', port: 80 }, { name: 'https', port: 443 }),
      info: [
        {
          message: 'notHttpForIstio',
          subject,
          severity: 'info',
          values: { ports: ['443 `https`'], protocol: ['HTTPS'] },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'another name',
      given: withPorts({ name: 'web', port: 80 }),
      expect: [
        {
          message: 'noHttpName',
          subject,
          severity: 'warning',
          values: { environments: ['`dev`', '`dev.a`'], ports: ['80 `web`'] },
        },
      ],
    },
    {
      name: 'no name',
      given: withPorts({ port: 80 }),
      expect: [{ message: 'noHttpName', subject, values: { ports: ['80 without a name'] } }],
    },
    {
      name: 'appProtocol',
      given: withPorts({ name: 'web', port: 80, appProtocol: 'http' }),
      expect: [{ message: 'appProtocolOnly', subject, values: { ports: ['80 `web`, appProtocol http'] } }],
    },
    {
      name: 'gRPC',
      given: withPorts({ name: 'grpc-api', port: 9000 }),
      expect: [{ message: 'grpcOnly', subject }],
    },
    {
      name: 'https only',
      given: withPorts({ name: 'https', port: 443 }),
      expect: [{ message: 'notHttpForIstio', subject, severity: 'warning' }],
    },
    {
      name: 'a name that appProtocol contradicts',
      given: withPorts({ name: 'http', port: 80, appProtocol: 'tcp' }),
      expect: [{ message: 'notHttpForIstio', subject, values: { protocol: ['TCP'] } }],
    },
  ],
  unknown: [
    {
      name: 'Deployments were refused',
      given: { objects: [virtualEnvironment(), appService('app')], forbidden: [deployments] },
      reason: /not allowed/,
    },
  ],
});
