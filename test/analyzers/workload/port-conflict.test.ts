import { portConflict } from '../../../analyzers/workload/port-conflict.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, pod } from '../../support/builders.ts';
import { crashingPod, ended } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const APP = { name: 'app', image: 'shop/app:1' };
const IN_USE = 'listen tcp :8080: bind: address already in use\n';

function failing(containers: readonly object[] = [APP], spec: object = {}) {
  return crashingPod('web-1', ended('Error', 1), { spec: { containers, ...spec } });
}

function log(container: string, text: string) {
  return { namespace: 'shop', pod: 'web-1', container, previous: container === 'app', text };
}

const subject = 'Pod/shop/web-1';
const declaring = (name: string, port: number) => ({ name, image: 'x', ports: [{ containerPort: port }] });

testAnalyzer(portConflict, {
  silent: [
    {
      name: 'two containers declare one port and both run',
      given: {
        objects: [
          pod('web-1', {
            spec: { containers: [declaring('app', 8080), declaring('proxy', 8080)] },
            status: { containerStatuses: [containerStatus('app'), containerStatus('proxy')] },
          }),
        ],
      },
    },
    {
      name: 'a crash for another reason',
      given: { objects: [failing()], logs: [log('app', 'panic: no configuration\n')] },
    },
    {
      name: 'an address in use that did not keep it from running',
      given: { objects: [pod('web-1')], logs: [log('app', IN_USE)] },
    },
    {
      name: 'the same port, but the log tells another reason',
      given: {
        objects: [failing([declaring('app', 8080), declaring('proxy', 8080)])],
        logs: [log('app', 'panic: no configuration\n')],
      },
    },
    {
      name: 'the same number for two protocols',
      given: {
        objects: [
          failing([
            { ...APP, ports: [{ containerPort: 53, protocol: 'UDP' }] },
            { name: 'proxy', image: 'x', ports: [{ containerPort: 53 }] },
          ]),
        ],
      },
    },
    {
      name: 'both declare the port and no log was read',
      given: { objects: [failing([declaring('app', 8080), declaring('proxy', 8080)])] },
    },
    {
      name: 'a pod that is being deleted',
      given: {
        objects: [
          { ...failing(), metadata: { name: 'web-1', namespace: 'shop', deletionTimestamp: ago(9) } },
        ],
        logs: [log('app', IN_USE)],
      },
    },
  ],
  reports: [
    {
      name: 'another container says that it listens there',
      given: {
        objects: [failing([APP, { name: 'proxy', image: 'x' }])],
        logs: [log('app', IN_USE), log('proxy', 'Listening on 0.0.0.0:8080\n')],
      },
      expect: [
        {
          message: 'otherContainer',
          subject,
          severity: 'critical',
          confidence: 'certain',
          since: ago(600),
          values: { container: 'app', other: 'proxy', port: '8080' },
        },
      ],
    },
    {
      name: 'another container declares the port',
      given: {
        objects: [failing([APP, declaring('proxy', 8080)])],
        logs: [log('app', IN_USE)],
      },
      expect: [
        {
          message: 'otherContainer',
          subject,
          confidence: 'likely',
          values: { other: 'proxy', port: '8080' },
        },
      ],
    },
    {
      name: 'a sidecar declares the port; the log names none',
      given: {
        objects: [
          failing([declaring('app', 9000)], {
            initContainers: [{ ...declaring('mesh', 9000), restartPolicy: 'Always' }],
          }),
        ],
        logs: [log('app', 'OSError: [Errno 98] Address already in use\n')],
      },
      expect: [{ message: 'otherContainer', subject, values: { other: 'mesh', port: '9000' } }],
    },
    {
      name: 'nobody else is known in the pod',
      given: {
        objects: [failing()],
        logs: [log('app', 'Error: listen EADDRINUSE: address already in use :::3000\n')],
      },
      expect: [
        {
          message: 'inPod',
          subject,
          values: { line: 'Error: listen EADDRINUSE: address already in use :::3000' },
        },
      ],
    },
    {
      name: 'another pod of the host network on the same node',
      given: {
        objects: [
          failing([APP], { hostNetwork: true }),
          pod('edge-1', { spec: { hostNetwork: true, containers: [declaring('edge', 8080)] } }),
          pod('edge-2', {
            spec: { nodeName: 'node-2', hostNetwork: true, containers: [declaring('edge', 8080)] },
          }),
        ],
        logs: [log('app', IN_USE)],
      },
      expect: [{ message: 'otherPod', subject, confidence: 'likely', values: { port: '8080' } }],
    },
    {
      name: 'the host network, and no pod is known to hold the port',
      given: {
        objects: [failing([APP], { hostNetwork: true }), pod('edge-1')],
        logs: [log('app', 'bind() to 0.0.0.0:80 failed (98: Address already in use)\n')],
      },
      expect: [
        {
          message: 'onNode',
          subject,
          values: { node: { group: '', kind: 'Node', name: 'node-1' } },
        },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'the log of a container that crashes was refused',
      given: { objects: [failing()], forbidden: [{ id: 'logs' }] },
      reason: /not allowed/,
    },
  ],
});
