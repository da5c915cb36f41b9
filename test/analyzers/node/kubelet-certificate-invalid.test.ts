import { kubeletCertificateInvalid } from '../../../analyzers/node/kubelet-certificate-invalid.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kubeletLog, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const silent = unreadyNode('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
const EXPIRED =
  'kubelet[812]: E0115 11:59:49.1 812 transport.go:112] "The currently active client certificate has expired, falling back to using the bootstrap credentials"';
const BOOTSTRAP =
  'kubelet[812]: E0115 11:59:49.1 812 run.go:72] "command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"';
const REJECTED =
  'kubelet[812]: E0115 11:59:49.1 812 kubelet_node_status.go:92] "Unable to register node with API server" err="Unauthorized" node="worker-1"';
const NOT_TRUSTED =
  'kubelet[812]: E0115 11:59:49.1 812 controller.go:145] "Failed to ensure lease exists, will retry" err="Get \\"https://10.0.0.1:6443/apis/coordination.k8s.io/v1/leases/worker-1\\": tls: failed to verify certificate: x509: certificate signed by unknown authority"';
const NOT_SIGNED =
  'kubelet[812]: E0115 11:59:49.1 812 certificate_manager.go:562] "Failed while requesting a signed certificate from the control plane" err="cannot create certificate signing request"';
const PULL =
  'kubelet[812]: E0115 11:59:49.1 812 remote_image.go:180] "PullImage from image service failed" err="x509: certificate signed by unknown authority" image="registry.example/a"';

testAnalyzer(kubeletCertificateInvalid, {
  silent: [
    { name: 'a ready node', given: { objects: [calm] } },
    {
      name: 'lines of a trouble that is over',
      given: { objects: [calm], logs: [kubeletLog(journalLine(200, REJECTED) + journalLine(190, EXPIRED))] },
    },
    {
      name: 'a registry whose certificate is not trusted',
      given: { objects: [silent], logs: [kubeletLog(journalLine(20, PULL))] },
    },
    {
      name: 'lines of yesterday under a node that fell silent now',
      given: { objects: [silent], logs: [kubeletLog(journalLine(86_400, NOT_SIGNED))] },
    },
  ],
  reports: [
    {
      name: 'an expired client certificate',
      given: { objects: [silent], logs: [kubeletLog(journalLine(20, EXPIRED))] },
      expect: [
        {
          message: 'expired',
          subject,
          severity: 'critical',
          values: { detail: 'The currently active client certificate has expired' },
        },
      ],
    },
    {
      name: 'a machine that was off for longer than its certificate lived',
      given: { objects: [silent], logs: [kubeletLog(`Jan 15 11:59:49 worker-1 ${BOOTSTRAP}\n`)] },
      expect: [
        {
          message: 'bootstrapMissing',
          subject,
          values: { detail: 'stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory' },
        },
      ],
    },
    {
      name: 'credentials the API server rejects',
      given: { objects: [silent], logs: [kubeletLog(journalLine(30, REJECTED) + journalLine(20, REJECTED))] },
      expect: [{ message: 'rejected', subject, values: { detail: 'Unauthorized', count: 2 } }],
    },
    {
      name: 'another authority behind the API server, from an archive of a node alone',
      given: { logs: [kubeletLog(`Jan 15 11:59:49 worker-1 ${NOT_TRUSTED}\n`)] },
      expect: [
        {
          message: 'serverNotTrusted',
          subject,
          severity: 'warning',
          values: { detail: 'certificate signed by unknown authority' },
        },
      ],
    },
    {
      name: 'a certificate nobody signs, on a node that is still ready',
      given: { objects: [calm], logs: [kubeletLog(journalLine(20, NOT_SIGNED))] },
      expect: [{ message: 'notRenewed', subject, severity: 'warning', values: { count: 1 } }],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ },
    {
      name: 'a silent node without its log',
      given: { objects: [silent] },
      reason: /kubelet log of this node/,
    },
  ],
});
