import { mutualTlsMismatch } from '../../../analyzers/istio/mutual-tls-mismatch.ts';
import { destinationRules } from '../../../src/artifacts/istio-resources.ts';
import { peerAuthentications } from '../../../src/artifacts/istio-workload-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, namespace, pod, service } from '../../support/builders.ts';
import {
  destinationRule,
  gatewayPod,
  meshPod,
  networking,
  security,
} from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const web = service('web');
const inMesh = meshPod('web-1');
const plainPod = pod('web-1', { metadata: { labels: { app: 'web' } } });
const peer = (name: string, spec: object, parts: Parameters<typeof security>[3] = {}) =>
  security('PeerAuthentication', name, spec, parts);
const strict = peer('default', { mtls: { mode: 'STRICT' } });
const rule = (mode: string, extra: object = {}) =>
  destinationRule('web', [], { trafficPolicy: { tls: { mode }, ...extra } });
const subject = 'Service/shop/web';

testAnalyzer(mutualTlsMismatch, {
  silent: [
    { name: 'no rule', given: { objects: [web, inMesh, strict] }, status: 'not-applicable' },
    {
      name: 'rules that fit, or set nothing',
      given: { objects: [web, inMesh, strict, rule('ISTIO_MUTUAL'), destinationRule('web')] },
    },
    { name: 'plain text to pods that allow it', given: { objects: [web, inMesh, rule('DISABLE')] } },
    {
      name: 'plain text where the workload, or its port, is let off',
      given: {
        objects: [
          web,
          inMesh,
          strict,
          peer('web', {
            selector: { matchLabels: { app: 'web' } },
            portLevelMtls: { 8080: { mode: 'PERMISSIVE' } },
          }),
          rule('DISABLE'),
        ],
      },
    },
    {
      name: 'certificates the rule names itself, which may be those of the mesh',
      given: { objects: [web, inMesh, strict, rule('MUTUAL')] },
    },
    {
      name: 'plain text to a port the sidecar leaves alone, by exclusion or as not included',
      given: {
        objects: [
          web,
          ...['a', 'b'].map((name) =>
            meshPod(
              `web-${name}`,
              { app: 'web' },
              {
                metadata: {
                  annotations: {
                    [`traffic.sidecar.istio.io/${name === 'a' ? 'exclude' : 'include'}InboundPorts`]:
                      name === 'a' ? '9090, 8080' : '9090',
                  },
                },
              },
            ),
          ),
          strict,
          rule('DISABLE'),
        ],
      },
    },
    {
      name: 'plain text to the pods of a gateway, which serve what its Gateways say',
      given: {
        objects: [
          service('edge', {
            metadata: { namespace: 'istio-system' },
            spec: { selector: { istio: 'ingressgateway' } },
          }),
          gatewayPod(),
          peer('default', { mtls: { mode: 'STRICT' } }, { metadata: { namespace: 'istio-system' } }),
          destinationRule('edge.istio-system.svc.cluster.local', [], {
            trafficPolicy: { tls: { mode: 'DISABLE' } },
          }),
        ],
      },
    },
    {
      name: 'mutual TLS to a Service that machines outside of Kubernetes stand behind as well',
      given: {
        objects: [
          namespace('shop'),
          web,
          plainPod,
          networking('WorkloadEntry', 'vm', { address: '10.9.9.9', labels: { app: 'web' } }),
          rule('ISTIO_MUTUAL'),
        ],
      },
    },
    {
      name: 'plain text where only some pods are strict',
      given: {
        objects: [
          web,
          inMesh,
          pod('web-2', { metadata: { labels: { app: 'web' } } }),
          strict,
          rule('DISABLE'),
        ],
      },
    },
    {
      name: 'a setting for a port the Service has not, a Service without pods, and a rule made a moment ago',
      given: {
        objects: [
          web,
          inMesh,
          strict,
          service('empty'),
          destinationRule('empty', [], { trafficPolicy: { tls: { mode: 'DISABLE' } } }),
          destinationRule('web', [], {
            trafficPolicy: { portLevelSettings: [{ port: { number: 81 }, tls: { mode: 'DISABLE' } }] },
          }),
          { ...rule('DISABLE'), metadata: { name: 'new', namespace: 'shop', creationTimestamp: ago(5) } },
        ],
      },
    },
  ],
  reports: [
    {
      name: 'plain text to strict pods, by namespace',
      given: { objects: [web, inMesh, strict, rule('DISABLE')] },
      expect: [
        {
          message: 'plainToStrict',
          subject,
          severity: 'critical',
          values: { mode: '`DISABLE`', ports: ['80'], policy: 'PeerAuthentication shop/default' },
        },
      ],
    },
    {
      name: 'TLS of the application to pods that are strict by the mesh, at one port',
      given: {
        objects: [
          web,
          inMesh,
          peer('default', { mtls: { mode: 'STRICT' } }, { metadata: { namespace: 'istio-system' } }),
          peer('default', { mtls: { mode: 'UNSET' } }),
          destinationRule('web', [], {
            trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'SIMPLE' } }] },
          }),
        ],
      },
      expect: [
        { message: 'plainToStrict', subject, values: { policy: 'PeerAuthentication istio-system/default' } },
      ],
    },
    {
      name: 'mutual TLS to pods without a proxy',
      given: { objects: [namespace('shop'), web, plainPod, rule('ISTIO_MUTUAL')] },
      expect: [{ message: 'mutualToPlain', subject, values: { why: 'have no proxy' } }],
    },
    {
      name: 'mutual TLS to pods that have it switched off',
      given: {
        objects: [web, inMesh, peer('default', { mtls: { mode: 'DISABLE' } }), rule('ISTIO_MUTUAL')],
      },
      expect: [{ message: 'mutualToPlain', subject }],
    },
  ],
  unknown: [
    { name: 'rules', given: { objects: [inMesh], forbidden: [destinationRules] } },
    {
      name: 'policies',
      given: { objects: [web, inMesh, rule('DISABLE')], forbidden: [peerAuthentications] },
    },
    { name: 'pods', given: { objects: [web, rule('DISABLE')], forbidden: [pods] } },
  ],
});
