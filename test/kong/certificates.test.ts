import { ago } from '../support/builders.ts';
import { certificatePem } from '../support/certificates.ts';
import { issue, issueCa } from '../support/issued-certificates.ts';
import { DATA_PLANES, rowsOf, valid } from '../support/kong-hybrid.ts';
import { failing, silent, tells } from '../support/kong-scenario.ts';

const DAY = 86_400;
const expired = await certificatePem('kong_clustering', ago(400 * DAY), ago(7200));
const other = await certificatePem('kong_clustering', ago(100 * DAY), ago(-100 * DAY));
const authority = await issueCa('kong-ca');
const own = await issue('cp.example', { names: ['cp.example'], issuer: authority });
const LOST = { rows: rowsOf(() => silent(3000)) };
const STALE = 'kong/data-plane-stale#cached';

function allFailing(error: string) {
  return DATA_PLANES.map((name) => failing(error, name));
}

tells({
  name: 'an expired cluster certificate: refused handshakes, stale rows, an old configuration',
  parts: {
    ...LOST,
    certificates: [expired, expired],
    logs: allFailing('ssl handshake failed: 10: certificate has expired'),
  },
  cause: 'certificate/expired#expired',
  subjects: 2,
  symptoms: ['kong/cluster-certificate-invalid#expired', 'kong/data-plane-not-connected#tlsExpired', STALE],
});

tells({
  name: 'different certificates on both sides in shared mode',
  parts: {
    ...LOST,
    certificates: [valid, other],
    logs: allFailing('ssl handshake failed: 18: self-signed certificate'),
  },
  cause: 'kong/cluster-certificate-invalid#differ',
  subjects: DATA_PLANES.length,
  symptoms: ['kong/data-plane-not-connected#tlsUntrusted', STALE],
});

tells({
  name: 'a certificate of another name in PKI mode',
  parts: {
    ...LOST,
    mtls: { KONG_CLUSTER_MTLS: 'pki' },
    certificates: [own.pem, own.pem],
    logs: allFailing('ssl handshake failed: certificate host mismatch'),
  },
  cause: 'kong/cluster-certificate-invalid#nameMismatch',
  subjects: DATA_PLANES.length,
  symptoms: ['kong/data-plane-not-connected#hostMismatch', STALE],
});
