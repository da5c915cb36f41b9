import type { SeedRow } from '../seed-row.ts';
import {
  ACCESS_LOG_IS_OFF,
  APP_PROTOCOL_FIRST,
  HTTPS_IS_NOT_ROUTED,
  LAST_LINES_ARE_NOT_ALL,
  NOT_EVERY_SERVICE,
  RULES_GO_STALE,
  SEVERAL_SERVICES_WORK,
  TEMPLATES_COUNT,
} from './corrections.ts';

const MISSING = 'virtual-environment/rules-missing';
const STALE = 'virtual-environment/rules-stale';
const REFUSED = 'virtual-environment/rules-refused';
const PORTS = 'virtual-environment/port-not-http';
const OPERATOR = 'virtual-environment/operator-not-working';
const SEVERAL = 'virtual-environment/several-instances';
const SETTINGS = 'virtual-environment/settings-ineffective';
const TAG = 'virtual-environment/tag-missing';
const SYNC = 'istio/proxy-out-of-sync';

/** What comes first, and the chapter about routes that are not as expected. */
export const rulesRows: readonly SeedRow[] = [
  {
    lines: 3,
    kind: 'practice',
    says: 'The commands are for one namespace, that of the virtual environment; kubecase looks at every namespace with one.',
    answers: [{ analyzer: SEVERAL, check: 'instance' }, { command: 'kubecase collect --namespace' }],
  },
  {
    lines: 5,
    kind: 'step',
    says: 'Before all else see that CRD and webhook of KtEnv are installed.',
    answers: [
      { analyzer: OPERATOR, check: 'operator' },
      { analyzer: OPERATOR, message: ['definitionMissing', 'missing', 'notAvailable'] },
      { analyzer: TAG, check: 'webhook' },
      { analyzer: TAG, message: 'webhookMissing' },
      { analyzer: 'virtual-environment/version-outdated' },
      { analyzer: 'virtual-environment/webhook-key-public' },
      { analyzer: 'kubernetes/custom-resource-definition-unhealthy' },
      { analyzer: 'admission/webhook-unavailable' },
    ],
  },
  {
    lines: 7,
    kind: 'symptom',
    says: 'Requests are not routed as expected.',
    answers: [
      { facts: 'virtual-environment-routing' },
      { analyzer: MISSING },
      { analyzer: STALE },
      { analyzer: 'virtual-environment/subset-unusable' },
      { analyzer: 'virtual-environment/service-without-selector' },
      { analyzer: 'virtual-environment/sidecar-missing' },
    ],
  },
  {
    lines: [9, 13],
    kind: 'command',
    says: 'See whether the namespace has its VirtualEnvironment.',
    answers: [
      { analyzer: SEVERAL, check: 'instance' },
      { analyzer: SEVERAL, message: ['several', 'severalUnclear', 'none'] },
    ],
  },
  {
    lines: 15,
    kind: 'step',
    says: 'Each Service whose pods have the label has a VirtualService and a DestinationRule of its name.',
    answers: [
      { analyzer: MISSING, check: 'resources' },
      { analyzer: MISSING, message: ['bothMissing', 'virtualServiceMissing', 'destinationRuleMissing'] },
    ],
    correction: NOT_EVERY_SERVICE,
  },
  {
    lines: [17, 20],
    kind: 'command',
    says: 'No command lists these Services; list the pods with the label instead.',
    answers: [
      { facts: 'virtual-environment-routing' },
      { analyzer: 'virtual-environment/workload-not-considered' },
    ],
    correction: TEMPLATES_COUNT,
  },
  {
    lines: [22, 28],
    kind: 'command',
    says: 'Work out the Services from the pods, and compare: as many VirtualServices as DestinationRules, name by name.',
    answers: [
      { analyzer: MISSING, check: 'resources' },
      { analyzer: MISSING },
      { analyzer: STALE, message: ['serviceGone', 'workloadsGone', 'notNeeded'] },
    ],
    correction: NOT_EVERY_SERVICE,
  },
  {
    lines: [30, 34],
    kind: 'command',
    says: 'Where they do not match, read the ports of the Service.',
    answers: [{ analyzer: PORTS, check: 'ports' }, { analyzer: PORTS }],
  },
  {
    lines: 36,
    kind: 'step',
    says: 'Istio wants names of ports like `<protocol>[-<suffix>]` and routes HTTP only.',
    answers: [
      { analyzer: 'istio/protocol-ambiguous' },
      { analyzer: PORTS, message: ['notHttp', 'notHttpForIstio'] },
    ],
    correction: APP_PROTOCOL_FIRST,
  },
  {
    lines: 36,
    kind: 'step',
    says: 'KtEnv treats only ports whose name begins with `http`.',
    answers: [{ analyzer: PORTS, message: ['noHttpName', 'appProtocolOnly', 'grpcOnly', 'notHttpForIstio'] }],
    correction: HTTPS_IS_NOT_ROUTED,
  },
  {
    lines: 38,
    kind: 'symptom',
    says: 'The ports are named well and objects are missing all the same: mostly a wrong configuration, or an error when they were made.',
    answers: [
      { analyzer: REFUSED, message: ['creationRefused', 'changeRefused', 'annotationUnreadable'] },
      { analyzer: SETTINGS },
      { analyzer: OPERATOR },
      { analyzer: 'virtual-environment/subset-unusable', message: ['sharedSubset', 'nameRefused'] },
    ],
  },
  {
    lines: [40, 42],
    kind: 'command',
    says: 'Read the last fifty lines of the operator for errors.',
    answers: [
      { collector: 'kubernetes/logs' },
      { collector: 'virtual-environment/operator-status' },
      { analyzer: REFUSED, check: 'accepted' },
      { analyzer: OPERATOR, message: ['startFails', 'waitsForLock', 'doesNotSee'] },
    ],
    correction: LAST_LINES_ARE_NOT_ALL,
  },
  {
    lines: [43, 45],
    kind: 'command',
    says: 'Nothing there: see whether the settings of the VirtualEnvironment fit what is deployed.',
    answers: [
      { analyzer: SETTINGS, message: ['placeholderMissing', 'placeholderUnused', 'noDefault'] },
      { analyzer: SETTINGS, message: 'splitterUnused' },
      { analyzer: 'virtual-environment/subset-unusable', message: 'defaultMissing' },
      { analyzer: SEVERAL, check: 'instance' },
      { collector: 'kubernetes/resources' },
    ],
  },
  {
    lines: 47,
    kind: 'step',
    says: 'All objects are there: the rules exist, and what they say is mostly right.',
    answers: [
      { analyzer: STALE, check: 'rules' },
      { analyzer: STALE, message: ['headersOld', 'annotationOld', 'routesDiffer', 'subsetsDiffer'] },
      { analyzer: 'virtual-environment/subset-unusable', check: 'subsets' },
      { facts: 'virtual-environment-routing' },
    ],
    correction: RULES_GO_STALE,
  },
  {
    lines: [49, 51],
    kind: 'command',
    says: 'Read the log of a sidecar.',
    answers: [
      { collector: 'kubernetes/logs' },
      { analyzer: SYNC, message: ['rejected', 'listenerRefused'] },
      { analyzer: 'istio/proxy-not-ready' },
      { analyzer: 'virtual-environment/sidecars-not-ready', check: 'accepted' },
    ],
  },
  {
    lines: 53,
    kind: 'step',
    says: 'Rules and sidecars are fine: it may be Istio itself. Use `istioctl describe` and the access log of Envoy.',
    answers: [
      { analyzer: 'istio/requests-failing' },
      { analyzer: SYNC },
      { analyzer: 'istio/control-plane-unhealthy' },
      { analyzer: 'istio/reference-missing' },
      { analyzer: 'istio/subset-without-pods' },
      { analyzer: 'istio/host-routed-twice' },
      { facts: 'istio-sidecars' },
    ],
    correction: ACCESS_LOG_IS_OFF,
  },
  {
    lines: 57,
    kind: 'symptom',
    says: 'Common cause: a pod is selected by several Services, which Istio does not support.',
    answers: [
      { analyzer: 'virtual-environment/workload-in-several-services' },
      { analyzer: 'istio/pod-ports-conflict', message: ['protocolsDiffer', 'portsDiffer'] },
    ],
    correction: SEVERAL_SERVICES_WORK,
  },
  {
    lines: 58,
    kind: 'symptom',
    says: 'Common cause: rules of Istio take effect with a delay.',
    answers: [
      { analyzer: MISSING, message: 'settling' },
      { analyzer: STALE, message: 'settling' },
      { analyzer: SYNC, message: ['stale', 'notSent', 'notConnected'] },
    ],
  },
];
