import { faultScenario } from '../base-cluster.ts';
import { samplePem } from '../certificates.ts';
import { klog } from '../klog.ts';
import { eventsOfLostWorker, LOST, lostTaints, podsOfLostWorker, SUBSTITUTE_LOGS } from '../lost-pods.ts';
import type { JournalLine } from '../node-archive.ts';
import { leases, node, silentConditions } from '../nodes.ts';
import { ago, logOf, MINUTE } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/** The certificate ended so long before the collection. */
const ENDED = 13 * MINUTE;
/** The node controller waits so long for a sign of life (nodeMonitorGracePeriod from 1.31 on). */
const NOTICED = ENDED - 50;
const NOT_BEFORE = '2026-01-22T09:17:00Z';
const NOT_AFTER = ago(ENDED);

/**
 * A worker joined 40 days ago with a certificate for 40 days, and its kubelet is not to renew it: the API
 * server turns it away since this morning. The kubelet runs, and so do its pods, but nobody hears of them.
 */
export async function kubeletClientCertificateExpired(): Promise<Scenario> {
  const worker = node(LOST, {
    conditions: silentConditions(NOTICED),
    taints: lostTaints('unreachable', NOTICED),
  });
  const pods = podsOfLostWorker(NOTICED, 'silent');
  return faultScenario('kubelet-client-certificate-expired', {
    objects: [
      worker,
      ...pods,
      ...leases(ENDED + 3).filter(({ metadata }) => metadata.name === LOST),
      ...eventsOfLostWorker(worker, pods, { since: NOTICED, loss: 'silent' }),
    ],
    later: leases(-23).filter(({ metadata }) => metadata.name !== LOST),
    logs: [...SUBSTITUTE_LOGS, ['kube-system/kube-apiserver-cp-1/kube-apiserver', apiServerLog()]],
    kubelets: {
      [LOST]:
        'Authorization error (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource(s)=[proxy])',
    },
    archives: [
      {
        node: LOST,
        documents: {
          'node-certificates': await certificateFiles(),
          'node-kubelet-config': [
            'apiVersion: kubelet.config.k8s.io/v1beta1',
            'kind: KubeletConfiguration',
            'cgroupDriver: systemd',
            'rotateCertificates: false',
            'staticPodPath: /etc/kubernetes/manifests',
            '',
          ].join('\n'),
        },
        logs: { kubelet: kubeletLog() },
      },
    ],
  });
}

async function certificateFiles(): Promise<string> {
  const client = await samplePem({
    name: 'system:node:worker-2',
    organization: 'system:nodes',
    issuer: 'kubernetes',
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
  });
  const own = await samplePem({
    name: 'worker-2@1769073420',
    names: ['worker-2', '192.0.2.22'],
    notBefore: NOT_BEFORE,
    notAfter: '2027-01-22T09:17:00Z',
  });
  return [
    '==> /etc/kubernetes/kubelet.conf 600 root:root <==',
    '==> /var/lib/kubelet/pki/kubelet-client-current.pem 600 root:root <==',
    client.trim(),
    '==> /var/lib/kubelet/pki/kubelet.crt 644 root:root <==',
    own.trim(),
    '==> /var/lib/kubelet/pki/kubelet.key 600 root:root <==',
    '',
  ].join('\n');
}

function kubeletLog(): JournalLine[] {
  return [ENDED - 7, 610, 300, 120, 9].flatMap((age): JournalLine[] => [
    [
      age,
      'kubelet[1043]',
      `${klog('E', age)} controller.go:195] "Failed to update lease" err="Unauthorized"`,
    ],
    [
      age - 2,
      'kubelet[1043]',
      `${klog('E', age - 2)} kubelet_node_status.go:549] "Error updating node status, will retry" err="error getting node \\"worker-2\\": Unauthorized"`,
    ],
    [
      age - 3,
      'kubelet[1043]',
      `${klog('E', age - 3)} reflector.go:205] "Failed to watch" err="failed to list *v1.Pod: Unauthorized" reflector="k8s.io/kubernetes/pkg/kubelet/config/apiserver.go:66" type="*v1.Pod"`,
    ],
  ]);
}

/** The other side: who came with that certificate is named by its serial number only. */
function apiServerLog(): string {
  return logOf(
    [ENDED - 7, 610, 300, 120, 9].map((age) => [
      age,
      `${klog('E', age, 1)} authentication.go:75] "Unable to authenticate the request" err="[x509: certificate has expired or is not yet valid: current time ${ago(age)} is after ${NOT_AFTER}, verifying certificate SN=1412203906725, SKID=, AKID=4D:91:1B:6E:53:7C:E0:0F:2A:B3:19:88:64:F1:C2:D0:77:3E:95:5A failed: x509: certificate has expired or is not yet valid: current time ${ago(age)} is after ${NOT_AFTER}]"`,
    ]),
  );
}
