import { discoveryIncomplete } from '../../../analyzers/control-plane/discovery-incomplete.ts';
import { apiServices } from '../../../src/artifacts/extension-resources.ts';
import { anyObject, condition } from '../../support/builders.ts';
import { componentLog, staticPod } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const MANAGER = staticPod('kube-controller-manager', 'cp-1');
const LINE =
  'E0115 11:59:00.000000       1 namespace_controller.go:164] "Deletion of namespace failed" err="unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1" namespace="t5"';
const api = (status: 'True' | 'False') =>
  anyObject('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.metrics.k8s.io', null, {
    spec: { group: 'metrics.k8s.io', version: 'v1beta1' },
    status: { conditions: [condition('Available', status)] },
  });
const log = (secondsAgo = 60) => [componentLog('kube-controller-manager', 'cp-1', [[secondsAgo, LINE]])];

testAnalyzer(discoveryIncomplete, {
  silent: [
    { name: 'no such line', given: { objects: [MANAGER, api('False')] } },
    { name: 'the group answers again', given: { objects: [MANAGER, api('True')], logs: log() } },
    { name: 'the group is gone', given: { objects: [MANAGER], logs: log() } },
    { name: 'a line of yesterday', given: { objects: [MANAGER, api('False')], logs: log(86_400) } },
  ],
  reports: [
    {
      name: 'an aggregated group does not answer',
      given: { objects: [MANAGER, api('False')], logs: log() },
      expect: [
        {
          message: 'stalled',
          subject: 'Pod/kube-system/kube-controller-manager-cp-1',
          values: { group: 'metrics.k8s.io/v1beta1' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'APIServices were refused',
      given: { objects: [MANAGER], logs: log(), forbidden: [apiServices] },
    },
  ],
});
