import { sidecarNotInjected } from '../../../analyzers/istio/sidecar-not-injected.ts';
import { mutatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { namespaces, pods } from '../../../src/artifacts/resources.ts';
import { ago, pod } from '../../support/builders.ts';
import {
  injector,
  istiod,
  istioSettings,
  meshNamespace,
  meshPod,
  proxyContainer,
} from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const mesh = (...objects: readonly { kind: string }[]) =>
  [...istiod(), injector(), ...objects].filter(({ kind }) => kind !== 'EndpointSlice');
const ENABLED = meshNamespace('shop', { 'istio-injection': 'enabled' });
const CANARY = meshNamespace('shop', { 'istio.io/rev': 'canary' });
const WEB = 'Pod/shop/web';
const SHOP = 'Namespace/shop';
const created = (seconds: number) => ({ metadata: { creationTimestamp: ago(seconds) } });

/** A namespace whose label was set so many seconds ago, as the server records it. */
function labelledSince(seconds: number) {
  const fieldsV1 = { 'f:metadata': { 'f:labels': { 'f:istio-injection': {} } } };
  return {
    ...ENABLED,
    metadata: { ...ENABLED.metadata, managedFields: [{ manager: 'kubectl', time: ago(seconds), fieldsV1 }] },
  };
}

const NEVER = [{ matchExpressions: [{ key: 'job-name', operator: 'Exists' }] }];
const injectorValues = (values: object) =>
  istioSettings('istio-sidecar-injector', { values: JSON.stringify(values) });
const ignoring = injector() as unknown as { webhooks: { failurePolicy: string }[]; kind: string };
for (const hook of ignoring.webhooks) hook.failurePolicy = 'Ignore';

testAnalyzer(sidecarNotInjected, {
  silent: [
    { name: 'no Istio', given: { objects: [pod('web'), meshNamespace('shop')] }, status: 'not-applicable' },
    { name: 'a sidecar', given: { objects: mesh(meshPod('web'), ENABLED) } },
    { name: 'a native sidecar', given: { objects: mesh(meshPod('web', { native: true }), ENABLED) } },
    {
      name: 'a namespace that asks for nothing',
      given: { objects: mesh(pod('web'), meshNamespace('shop')) },
    },
    {
      name: 'pods that ask to be left out, by label or annotation, or cannot be injected',
      given: {
        objects: mesh(
          ENABLED,
          pod('a', { metadata: { labels: { 'sidecar.istio.io/inject': 'false' } } }),
          pod('b', { metadata: { annotations: { 'sidecar.istio.io/inject': 'false' } } }),
          pod('c', { spec: { hostNetwork: true } }),
          pod('d', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
        ),
      },
    },
    {
      name: 'pods that have ended or are being deleted',
      given: {
        objects: mesh(
          ENABLED,
          pod('a', { status: { phase: 'Succeeded' } }),
          pod('b', { metadata: { deletionTimestamp: ago(5) } }),
        ),
      },
    },
    {
      name: 'pods the settings of the injector leave out',
      given: {
        objects: mesh(
          ENABLED,
          injectorValues({ sidecarInjectorWebhook: { neverInjectSelector: NEVER } }),
          pod('job', { metadata: { labels: { 'job-name': 'report' } } }),
        ),
      },
    },
    {
      name: 'a mesh that injects only pods that ask for it',
      given: {
        objects: mesh(ENABLED, injectorValues({ global: { proxy: { autoInject: 'disabled' } } }), pod('web')),
      },
    },
    {
      name: 'namespaces the injector leaves out, and that of the control plane',
      given: {
        objects: mesh(
          meshNamespace('kube-system', { 'istio-injection': 'enabled' }),
          meshNamespace('istio-system', { 'istio-injection': 'enabled' }),
          pod('dns', { metadata: { namespace: 'kube-system' } }),
          pod('other', { metadata: { namespace: 'istio-system' } }),
        ),
      },
    },
    {
      name: 'a namespace ztunnel serves, with a revision for its waypoints',
      given: {
        objects: mesh(
          meshNamespace('shop', { 'istio.io/dataplane-mode': 'ambient', 'istio.io/rev': 'default' }),
          pod('web'),
        ),
      },
    },
    {
      name: 'a namespace that says no, whatever its pods say',
      given: {
        objects: mesh(
          meshNamespace('shop', { 'istio-injection': 'disabled', 'istio.io/rev': 'canary' }),
          pod('web', { metadata: { labels: { 'sidecar.istio.io/inject': 'true' } } }),
        ),
      },
    },
    {
      name: 'a revision that is served by a tag',
      given: {
        objects: mesh(
          meshNamespace('shop', { 'istio.io/rev': 'prod' }),
          injector({ tag: 'prod' }),
          meshPod('web'),
        ),
      },
    },
    {
      name: 'a pod from before its namespace got the label',
      given: { objects: mesh(labelledSince(60), pod('web', created(3600))) },
      info: [
        {
          message: 'olderThanInjection',
          subject: WEB,
          values: { reason: 'its namespace was given the label `istio-injection=enabled`' },
        },
      ],
    },
    {
      name: 'a pod from before the injector was installed',
      given: { objects: mesh(ENABLED, pod('web', created(200_000))) },
      info: [{ message: 'olderThanInjection', subject: WEB }],
    },
    {
      name: 'an unknown revision nobody waits for',
      given: { objects: mesh(CANARY) },
      info: [{ message: 'revisionUnknown', subject: SHOP, severity: 'info' }],
    },
    {
      name: 'two injectors that only what nobody has makes both feel meant',
      given: { objects: mesh({ ...injector({ tag: 'default' }), kind: 'MutatingWebhookConfiguration' }) },
      info: [
        {
          message: 'injectedTwice',
          subject: 'MutatingWebhookConfiguration/istio-sidecar-injector',
          severity: 'info',
        },
      ],
    },
  ],
  reports: [
    {
      name: 'a pod that asks itself, whatever the settings of the injector',
      given: {
        objects: mesh(
          ENABLED,
          injectorValues({ global: { proxy: { autoInject: 'disabled' } } }),
          pod('web', { metadata: { labels: { 'sidecar.istio.io/inject': 'true' } } }),
        ),
      },
      expect: [{ message: 'notInjected', subject: WEB }],
    },
    {
      name: 'created after everything that asks for a proxy, and without one',
      given: { objects: mesh(labelledSince(7200), pod('web', created(3600))) },
      expect: [
        {
          message: 'notInjected',
          subject: WEB,
          confidence: 'likely',
          values: { reason: 'the injector did not change it when it was created', by: 'namespace' },
        },
      ],
    },
    {
      name: 'when the label was set is not known',
      given: { objects: mesh(ENABLED, pod('web', created(3600))) },
      expect: [{ message: 'notInjected', subject: WEB, confidence: 'possible' }],
    },
    {
      name: 'the injector may be passed over',
      given: {
        objects: [
          ...istiod().filter(({ kind }) => kind !== 'EndpointSlice'),
          ignoring,
          ENABLED,
          pod('web', created(3600)),
        ],
      },
      expect: [
        {
          message: 'notInjected',
          subject: WEB,
          values: {
            reason: 'the injector did not answer when it was created, and its `failurePolicy` is `Ignore`',
          },
        },
      ],
    },
    {
      name: 'the pod asks by itself',
      given: {
        objects: mesh(
          meshNamespace('shop'),
          pod('web', {
            metadata: { labels: { 'sidecar.istio.io/inject': 'true' }, creationTimestamp: ago(60) },
          }),
        ),
      },
      expect: [
        { message: 'notInjected', subject: WEB, confidence: 'likely', values: { by: 'pod template' } },
      ],
    },
    {
      name: 'the revision was removed',
      given: { objects: mesh(CANARY, pod('web'), pod('api')) },
      expect: [
        {
          message: 'revisionUnknown',
          subject: SHOP,
          severity: 'warning',
          values: { label: 'istio.io/rev=canary', known: ['istio.io/rev=default'] },
        },
      ],
    },
    {
      name: 'the revision a pod names is not there',
      given: {
        objects: mesh(meshNamespace('shop'), pod('web', { metadata: { labels: { 'istio.io/rev': 'old' } } })),
      },
      expect: [{ message: 'revisionUnknown', subject: WEB, severity: 'warning' }],
    },
    {
      name: 'Istio was removed, its labels stayed',
      given: { objects: [ENABLED, pod('web')] },
      expect: [{ message: 'injectorMissing', subject: SHOP, severity: 'warning' }],
    },
    {
      name: 'two labels, one of which is without effect',
      given: {
        objects: mesh(
          meshNamespace('shop', { 'istio-injection': 'enabled', 'istio.io/rev': 'default' }),
          meshPod('web'),
        ),
      },
      expect: [
        {
          message: 'labelsContradict',
          subject: SHOP,
          values: { labels: ['istio-injection=enabled', 'istio.io/rev=default'], loser: 'istio.io/rev' },
        },
      ],
    },
    {
      name: 'two injectors for a namespace that is there',
      given: { objects: mesh(injector({ tag: 'default' }), ENABLED) },
      expect: [
        {
          message: 'injectedTwice',
          subject: 'MutatingWebhookConfiguration/istio-sidecar-injector',
          severity: 'warning',
          values: { labels: ['istio-injection=enabled'] },
        },
      ],
    },
    {
      name: 'a gateway whose image was not replaced',
      given: {
        objects: mesh(
          meshNamespace('shop'),
          pod('web', { spec: { containers: [proxyContainer('x', undefined, { image: 'auto' })] } }),
        ),
      },
      expect: [
        { message: 'imageNotReplaced', subject: WEB, values: { reason: 'nothing asks for injection' } },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { objects: mesh(), forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'webhooks were refused: no revision is called unknown',
      given: { objects: [CANARY, pod('web')], forbidden: [mutatingWebhookConfigurations] },
      reason: /not allowed/,
    },
    {
      name: 'namespaces were refused',
      given: { objects: [meshPod('web'), pod('api')], forbidden: [namespaces] },
      reason: /not allowed/,
    },
  ],
});
