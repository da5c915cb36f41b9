import { serviceEntryConflict } from '../../../analyzers/istio/service-entry-conflict.ts';
import { serviceEntries } from '../../../src/artifacts/istio-resources.ts';
import { ago, anyObject } from '../../support/builders.ts';
import { meshPod, networking } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const old = { metadata: { creationTimestamp: ago(90_000) } };
const entry = (name: string, spec: object = {}, parts: Parameters<typeof networking>[3] = {}) =>
  networking(
    'ServiceEntry',
    name,
    { hosts: [`${name}.example`], resolution: 'DNS', ports: [{ number: 3306, protocol: 'TCP' }], ...spec },
    parts,
  );
const first = entry('orders', {}, old);

testAnalyzer(serviceEntryConflict, {
  silent: [
    { name: 'no entry', given: { objects: [meshPod('a')] }, status: 'not-applicable' },
    {
      name: 'entries with addresses, of TLS or HTTP, or left as they are',
      given: {
        objects: [
          entry('a', { addresses: ['192.0.2.1'] }),
          { ...entry('b'), status: { addresses: [{ value: '240.240.0.1' }] } },
          entry('c', { ports: [{ number: 443, protocol: 'TLS' }] }),
          entry('d', { ports: [{ number: 80, protocol: 'HTTP' }] }),
          entry('e', { resolution: 'NONE' }),
        ],
      },
    },
    {
      name: 'a mesh that allocates addresses',
      given: {
        objects: [
          anyObject('v1', 'ConfigMap', 'istio', 'istio-system', {
            data: { mesh: 'defaultConfig:\n  proxyMetadata:\n    ISTIO_META_DNS_AUTO_ALLOCATE: "true"\n' },
          }),
          first,
          entry('users'),
        ],
      },
    },
    {
      name: 'the same host with the same protocol',
      given: {
        objects: [
          entry('a', { hosts: ['x.example'], ports: [{ number: 443, protocol: 'tls' }] }),
          entry('b', { hosts: ['x.example'], ports: [{ number: 443, protocol: 'TLS' }] }),
        ],
      },
    },
    {
      name: 'one entry alone on its port',
      given: { objects: [first] },
      info: [{ message: 'anyAddress', subject: 'ServiceEntry/shop/orders', values: { port: '3306' } }],
    },
    {
      name: 'entries no namespace sees together',
      given: {
        objects: [
          entry('a', { exportTo: ['.'], ports: [{ number: 3306 }] }),
          entry('a', { exportTo: ['.'], ports: [{ number: 3306 }] }, { metadata: { namespace: 'other' } }),
        ],
      },
      info: [
        { message: 'anyAddress', subject: 'ServiceEntry/shop/a' },
        { message: 'anyAddress', subject: 'ServiceEntry/other/a' },
      ],
    },
  ],
  reports: [
    {
      name: 'two entries for any address of a port',
      given: { objects: [entry('users'), first] },
      expect: [
        {
          message: 'portTaken',
          subject: 'ServiceEntry/shop/users',
          severity: 'warning',
          values: { port: '3306', hosts: ['users.example'] },
        },
        { message: 'anyAddress', subject: 'ServiceEntry/shop/orders', severity: 'info' },
      ],
    },
    {
      name: 'different protocols for one host',
      given: {
        objects: [
          entry('a', { hosts: ['x.example'], ports: [{ number: 443, protocol: 'TLS' }] }, old),
          entry('b', { hosts: ['x.example', 'y.example'], ports: [{ number: 443, protocol: 'HTTPS' }] }),
        ],
      },
      expect: [
        {
          message: 'protocolsDiffer',
          subject: 'ServiceEntry/shop/b',
          values: { hosts: ['x.example'], protocol: 'HTTPS', otherProtocol: 'TLS' },
        },
      ],
    },
  ],
  unknown: [{ name: 'entries', given: { objects: [meshPod('a')], forbidden: [serviceEntries] } }],
});
