import { leaderLeaseStale } from '../../../analyzers/control-plane/leader-lease-stale.ts';
import { leases } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, lease, node } from '../../support/builders.ts';
import { staticPod } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

/** The second look is 40 s before everything else is observed. */
const EARLIER = ago(40);

function renewed(seconds: number, parts: object = {}, name = 'kube-scheduler') {
  return lease(name, { spec: { renewTime: ago(seconds), ...parts } });
}

function component(name: string) {
  return anyObject('v1', 'Pod', `${name}-cp-1`, 'kube-system', { metadata: { labels: { component: name } } });
}

const scheduler = 'Lease/kube-system/kube-scheduler';

testAnalyzer(leaderLeaseStale, {
  silent: [
    {
      name: 'no lease of an instance whose election is switched off',
      given: {
        objects: [staticPod('kube-scheduler', 'cp-1', { flags: ['--leader-elect=false'] })],
      },
    },
    {
      name: 'renewed two seconds ago',
      given: { objects: [renewed(2), renewed(3, {}, 'kube-controller-manager')] },
    },
    {
      name: 'old at both looks by the clock, but renewed in between: a slow clock',
      given: {
        objects: [renewed(200)],
        observed: EARLIER,
        secondSample: [renewed(190)],
        secondObserved: ago(0),
      },
    },
    { name: 'just past its duration, looked at once', given: { objects: [renewed(20)] }, status: 'unknown' },
    {
      name: 'OpenShift: 100 s old with a duration of 137 s',
      given: { objects: [renewed(100, { leaseDurationSeconds: 137 })] },
    },
    {
      name: 'released a moment ago, a takeover under way',
      given: { objects: [renewed(5, { holderIdentity: '', leaseDurationSeconds: 1 })] },
    },
    {
      name: 'a clock known only to five minutes decides nothing',
      given: { objects: [renewed(120)], errorSeconds: 300 },
      status: 'unknown',
    },
    {
      name: 'a managed control plane',
      given: { objects: [lease('my-operator', {}, 'apps')] },
      status: 'not-applicable',
    },
    {
      name: 'another lease that is stale',
      given: {
        objects: [renewed(1), lease('ingress-leader', { spec: { renewTime: ago(9000) } }, 'kube-system')],
      },
    },
  ],
  reports: [
    {
      name: 'not renewed between two looks',
      given: {
        objects: [renewed(90)],
        observed: EARLIER,
        secondSample: [renewed(90)],
        secondObserved: ago(0),
      },
      expect: [
        {
          message: 'schedulerGone',
          subject: scheduler,
          confidence: 'certain',
          values: { holder: 'cp-1_0b7c', duration: 15, age: 90 },
          since: ago(90),
        },
      ],
    },
    {
      name: 'looked at once, long past its duration, with the holder node known',
      given: { objects: [renewed(600, {}, 'kube-controller-manager'), node('cp-1')] },
      expect: [
        {
          message: 'controllersGone',
          subject: 'Lease/kube-system/kube-controller-manager',
          confidence: 'likely',
        },
      ],
    },
    {
      name: 'the leader of the cloud controllers',
      given: { objects: [renewed(600, {}, 'cloud-controller-manager')] },
      expect: [{ message: 'cloudControllersGone', subject: 'Lease/kube-system/cloud-controller-manager' }],
    },
    ...(
      [
        ['kube-scheduler', 'schedulerVacant'],
        ['kube-controller-manager', 'controllersVacant'],
        ['cloud-controller-manager', 'cloudControllersVacant'],
      ] as const
    ).map(([name, message]) => ({
      name: `${name} stepped down and nobody took over`,
      given: { objects: [renewed(300, { holderIdentity: '', leaseDurationSeconds: 1 }, name)] },
      expect: [{ message, subject: `Lease/kube-system/${name}`, values: { age: 300, component: name } }],
    })),
    {
      name: 'pods of the component, but no lease',
      given: { objects: [component('kube-scheduler'), renewed(1, {}, 'kube-controller-manager')] },
      expect: [
        { message: 'neverHeld', subject: 'Pod/kube-system/kube-scheduler-cp-1', confidence: 'likely' },
      ],
    },
  ],
  unknown: [{ name: 'leases were refused', given: { forbidden: [leases] }, reason: /not allowed/ }],
});
