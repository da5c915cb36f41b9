import { dump } from 'js-yaml';
import type { FakeCluster } from './fake-kube.ts';

/** Kinds of the one list of Kubernetes' own objects, those kubectl counts to `all` first. */
const ASKED = [
  'Pod',
  'Service',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'CronJob',
  'Job',
  'Namespace',
  'Ingress',
  'Endpoints',
  'EndpointSlice',
  'ConfigMap',
  'Event',
];

/** The files `istioctl bug-report` would have written of a cluster, below its folder `bug-report/`. */
export function bugReportFiles(cluster: FakeCluster): Record<string, string> {
  const { objects = [], logs = {} } = cluster;
  const items = ASKED.flatMap((kind) => objects.filter((one) => one.kind === kind));
  const list = dump({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } });
  const files: Record<string, string> = {
    'bug-report/versions': 'Client:\nistioctl version: 1.27.0\n',
    'bug-report/cluster/k8s-resources': list,
    'bug-report/cluster/secrets': 'NAMESPACE   NAME   TYPE   DATA   AGE\nshop   s   Opaque   1   3d\n',
    'bug-report/cluster/nodes': 'Name:               node-1\nRoles:              <none>\n',
    'bug-report/cluster/kubectl-version':
      'Client Version: v1.36.0\nKustomize Version: v5.7.1\nServer Version: v1.36.2\n',
  };
  for (const [path, text] of Object.entries(logs)) {
    const [namespace, pod, container, previous] = path.split('/');
    const folder = { 'istio-proxy': 'proxies', discovery: 'istio' }[container ?? ''];
    if (folder === undefined || previous !== undefined) continue;
    const before = logs[`${path}/previous`];
    files[`bug-report/${folder}/${namespace}/${pod}/${container}.log`] =
      before === undefined
        ? (text as string)
        : `========= Previous log present (appended at the end) =========\n\n${text}\n\n========= Previous log =========\n\n${before}`;
  }
  return files;
}
