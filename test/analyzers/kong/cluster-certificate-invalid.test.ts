import { clusterCertificateInvalid } from '../../../analyzers/kong/cluster-certificate-invalid.ts';
import { pods, secrets } from '../../../src/artifacts/resources.ts';
import { ago, type Built, pod, secret } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import {
  broken,
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  row,
} from '../../support/kong.ts';
import { type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const YEAR = 365 * 86_400;
const subject = 'Pod/kong/kong-dp-0';
const old = { notBefore: ago(YEAR), notAfter: ago(-YEAR) };
const valid = await issue('kong_clustering', old);
const reissued = await issue('kong_clustering', old);
const over = await issue('kong_clustering', { notBefore: ago(2 * YEAR), notAfter: ago(86_400) });
const future = await issue('kong_clustering', { notBefore: ago(-86_400), notAfter: ago(-YEAR) });
const fresh = await issue('kong_clustering', { notBefore: ago(7200), notAfter: ago(-YEAR) });
const named = await issue('kong_clustering', { ...old, names: ['kong.example'] });
const serverOnly = await issue('kong_clustering', { ...old, usages: ['serverAuth'] });
const ca = await issueCa('kong-ca', old);
const otherCa = await issueCa('other-ca', old);
const middle = await issueCa('kong-issuer', { ...old, issuer: ca });
const lower = await issueCa('kong-issuer-2', { ...old, issuer: middle });
const server = await issue('cp', {
  ...old,
  issuer: ca,
  names: ['kong-cp-kong-cluster.kong.svc.cluster.local'],
});
const client = await issue('dp', { ...old, issuer: ca, usages: ['clientAuth'] });
const serverOnlyClient = await issue('dp', { ...old, issuer: ca, usages: ['serverAuth'] });
const deep = await issue('cp', {
  ...old,
  issuer: lower,
  names: ['kong-cp-kong-cluster.kong.svc.cluster.local'],
});

function held(name: string, leaf: string, authority?: string): Built {
  return secret(name, {
    metadata: { namespace: 'kong' },
    data: { 'tls.crt': base64(leaf), ...(authority === undefined ? {} : { 'ca.crt': base64(authority) }) },
  });
}

/** Both planes mount one Secret. */
function one(pem: string, parts: Given = {}): Given {
  return {
    objects: [dataPlane(), controlPlane(), ...clusterService(), held('kong-cluster-cert', pem)],
    documents: [registry([row('kong-dp-0', 12)])],
    ...parts,
  };
}

const CUT_OFF = {
  documents: [registry([row('kong-dp-0', 600)])],
  logs: [kongLogOf('kong-dp-0', [8, broken('ssl handshake failed: 18: self-signed certificate')])],
};
const OWN_SECRET = { volumes: [{ name: 'cluster-cert', secret: { secretName: 'kong-dp-cert' } }] };
const FILES = {
  KONG_CLUSTER_CERT: '/etc/secrets/kong-cluster-cert/tls.crt',
  KONG_CLUSTER_CA_CERT: '/etc/secrets/kong-cluster-cert/ca.crt',
};

interface Pki {
  readonly server: string;
  readonly client: string;
  readonly serverCa?: string;
  readonly clientCa?: string;
  readonly env?: Record<string, string>;
}

/** Each plane mounts its own Secret with its certificate and the CA it checks the other one by. */
function pki(
  { server: cp, client: dp, serverCa = ca.pem, clientCa = ca.pem, env = {} }: Pki,
  parts: Given = {},
): Given {
  const settings = { KONG_CLUSTER_MTLS: 'pki', ...FILES };
  return {
    objects: [
      dataPlane('kong-dp-0', { env: { ...settings, ...env }, spec: OWN_SECRET }),
      controlPlane('kong-cp-0', { env: settings }),
      ...clusterService(),
      held('kong-cluster-cert', cp, clientCa),
      held('kong-dp-cert', dp, serverCa),
    ],
    documents: [registry([row('kong-dp-0', 12)])],
    ...parts,
  };
}

function startedAgo(seconds: number) {
  return { container: { state: { running: { startedAt: ago(seconds) } } } };
}

/** The Secret was renewed two hours ago; the planes were started so many seconds ago. */
function renewed(dataPlaneAge: number, controlPlaneAge: number, parts: Given = {}): Given {
  return one(fresh.pem, {
    objects: [
      dataPlane('kong-dp-0', startedAgo(dataPlaneAge)),
      controlPlane('kong-cp-0', startedAgo(controlPlaneAge)),
      ...clusterService(),
      held('kong-cluster-cert', fresh.pem),
    ],
    ...parts,
  });
}

testAnalyzer(clusterCertificateInvalid, {
  silent: [
    { name: 'one valid certificate for both sides', given: one(valid.pem) },
    {
      name: 'two Secrets with the same certificate',
      given: {
        ...one(valid.pem),
        objects: [
          dataPlane('kong-dp-0', { spec: OWN_SECRET }),
          controlPlane(),
          ...clusterService(),
          held('kong-cluster-cert', valid.pem),
          held('kong-dp-cert', `\n${valid.pem}`),
        ],
      },
    },
    { name: 'PKI mode as it is meant', given: pki({ server: server.pem, client: client.pem }) },
    {
      name: 'PKI mode with a server name of its own',
      given: pki({
        server: named.pem,
        client: client.pem,
        serverCa: named.pem,
        env: { KONG_CLUSTER_SERVER_NAME: 'kong.example' },
      }),
    },
    {
      name: 'PKI mode: it trusts more than the CA',
      given: pki({
        server: server.pem,
        client: client.pem,
        serverCa: otherCa.pem,
        env: { KONG_LUA_SSL_TRUSTED_CERTIFICATE: 'system' },
      }),
    },
    {
      name: 'renewed after the start of one side, but the link is up',
      given: renewed(86_400, 3600),
      info: [{ message: 'notReloaded', subject }],
    },
    { name: 'no data plane', given: { objects: [pod('web')] }, status: 'not-applicable' },
  ],
  reports: [
    {
      name: 'over, while the link is still up',
      given: one(over.pem),
      expect: [{ message: 'expired', subject, severity: 'warning', since: ago(86_400) }],
    },
    {
      name: 'over, and the link is lost',
      given: one(over.pem, CUT_OFF),
      expect: [{ message: 'expired', subject, severity: 'critical' }],
    },
    {
      name: 'not valid yet',
      given: one(future.pem, CUT_OFF),
      expect: [
        { message: 'notYetValid', subject, severity: 'critical' },
        { message: 'notReloaded', subject },
      ],
    },
    {
      name: 'the certificate in use is over, the Secret holds a new one',
      given: one(fresh.pem, {
        documents: [
          registry([
            row('kong-dp-0', 12, { cert_details: { expiry_timestamp: Date.parse(ago(3600)) / 1000 } }),
          ]),
        ],
      }),
      expect: [{ message: 'inUseExpired', subject, severity: 'critical', values: { ended: ago(3600) } }],
    },
    {
      name: 'renewed, and only the control plane was restarted since',
      given: renewed(86_400, 3600, CUT_OFF),
      expect: [
        {
          message: 'rotatedOnOneSide',
          subject,
          severity: 'critical',
          confidence: 'likely',
          since: ago(7200),
        },
      ],
    },
    {
      name: 'two certificates of the same name and key usage',
      given: {
        ...one(valid.pem),
        objects: [
          dataPlane('kong-dp-0', { spec: OWN_SECRET }),
          controlPlane(),
          ...clusterService(),
          held('kong-cluster-cert', valid.pem),
          held('kong-dp-cert', reissued.pem),
        ],
        ...CUT_OFF,
      },
      expect: [{ message: 'differ', subject, severity: 'critical', confidence: 'certain' }],
    },
    {
      name: 'shared mode: it has a DNS name, but not the one that is asked for',
      given: one(named.pem),
      expect: [
        {
          message: 'nameMismatch',
          subject,
          severity: 'warning',
          values: { wanted: 'kong_clustering', names: 'kong.example' },
        },
      ],
    },
    {
      name: 'PKI mode: another name than the host of the address',
      given: pki({ server: named.pem, client: client.pem, serverCa: named.pem }),
      expect: [
        {
          message: 'nameMismatch',
          subject,
          values: { wanted: 'kong-cp-kong-cluster.kong.svc.cluster.local' },
        },
      ],
    },
    {
      name: 'PKI mode: the data plane holds another CA',
      given: pki({ server: server.pem, client: client.pem, serverCa: otherCa.pem }),
      expect: [{ message: 'controlPlaneUntrusted', subject, values: { issuer: 'CN=kong-ca' } }],
    },
    {
      name: 'PKI mode: the control plane holds another CA',
      given: pki({ server: server.pem, client: client.pem, clientCa: otherCa.pem }),
      expect: [{ message: 'dataPlaneUntrusted', subject, values: { issuer: 'CN=kong-ca' } }],
    },
    {
      name: 'PKI mode: more intermediates than it follows',
      given: pki({ server: `${deep.pem}${lower.pem}${middle.pem}`, client: client.pem }),
      expect: [{ message: 'chainTooLong', subject, values: { depth: 1, links: 2 } }],
    },
    {
      name: 'PKI mode: a server certificate on the data plane',
      given: pki({ server: server.pem, client: serverOnlyClient.pem }),
      expect: [
        { message: 'wrongUsage', subject, values: { wanted: 'a client certificate', usages: 'serverAuth' } },
      ],
    },
    {
      name: 'shared mode: it may serve only',
      given: one(serverOnly.pem),
      expect: [{ message: 'wrongUsage', subject }],
    },
    {
      name: 'made anew, restarted by nobody',
      given: renewed(86_400, 86_400),
      expect: [{ message: 'notReloaded', subject, severity: 'info' }],
    },
    {
      name: 'without any list, the Secrets tell the same',
      given: { ...one(over.pem), documents: [], rows: [notAsked()] },
      expect: [{ message: 'expired', subject, severity: 'warning' }],
    },
  ],
  unknown: [
    {
      name: 'the certificate comes from no Secret',
      given: one(valid.pem, {
        objects: [
          dataPlane('kong-dp-0', { env: { KONG_CLUSTER_CERT: '-----BEGIN CERTIFICATE-----' } }),
          controlPlane(),
          ...clusterService(),
        ],
      }),
      reason: /no path of a mounted file/,
    },
    {
      name: 'Secrets were refused',
      given: {
        objects: [dataPlane(), controlPlane(), ...clusterService()],
        documents: [registry([row('kong-dp-0', 12)])],
        forbidden: [secrets],
      },
      reason: /not allowed to read resources:core\/Secret/,
    },
    { name: 'pods were refused', given: { forbidden: [pods], rows: [notAsked()] }, reason: /not allowed/ },
  ],
});
