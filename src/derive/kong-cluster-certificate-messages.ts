import type { Check, Explains, Message } from '../model/message.ts';

const READ = { level: 'certain', reason: 'the certificates in the Secrets say so' } as const;
const NOT_CONNECTED = 'data-plane-not-connected';

/** What a certificate that the other side refuses leads to. */
const EXPLAINS: readonly Explains[] = [
  { effect: NOT_CONNECTED, via: ['same-object'] },
  { effect: 'data-plane-configuration-old', via: ['same-object'] },
  { effect: 'pod-not-ready', via: ['same-object'] },
  { effect: 'service-without-endpoints', via: ['selected-by'] },
];
/** Critical while the data plane is cut off; a link that is up lives on until it is made anew. */
const BROKEN = { severity: ['critical', 'warning'], confidence: READ, explains: EXPLAINS } as const;
const RESTART = {
  text: 'Restart the control planes, then the data planes: Kong reads the cluster certificate at its start only.',
} as const;

/** What is wrong with the cluster certificate of a data plane or of its control plane. */
export const CERTIFICATE_MESSAGES = {
  expired: {
    severity: ['critical', 'warning'],
    confidence: READ,
    // The certificate itself is the cause where it is seen: `certificate/expired`.
    effect: NOT_CONNECTED,
    explains: EXPLAINS,
    text: 'The cluster certificate in {secret:object}, which {pod:object} needs for its control plane, ended at {notAfter:time}. A link that is up lives on; the next one is refused.',
    remedy: [
      {
        text: 'Issue a new cluster certificate (`kong hybrid gen_cert`, or the issuer in PKI mode) and put it into the Secrets of both sides.',
      },
      RESTART,
    ],
    groupBy: ['secret', 'notAfter'],
    check: 'valid',
  },
  notYetValid: {
    ...BROKEN,
    text: 'The cluster certificate in {secret:object}, which {pod:object} needs for its control plane, is valid from {notBefore:time} on only.',
    remedy: [
      { text: 'Compare the clock of the nodes with that of the issuer; issue the certificate anew.' },
      RESTART,
    ],
    groupBy: ['secret'],
    check: 'valid',
  },
  inUseExpired: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'the end of the certificate in use was told by the process' },
    explains: EXPLAINS,
    text: '{pod:object} still uses a cluster certificate that ended at {ended:time}: {secret:object} holds a newer one, which Kong reads at its start only.',
    remedy: [RESTART],
    groupBy: ['secret', 'ended'],
    check: 'inUse',
  },
  rotatedOnOneSide: {
    ...BROKEN,
    confidence: {
      level: 'likely',
      reason: 'one side started before the certificate in its Secret was made, the other one after it',
    },
    text: '{pod:object} and {controlPlane:object} use different cluster certificates: {secret:object} was renewed at {notBefore:time}, and {behind:object} has not been restarted since.',
    remedy: [RESTART],
    groupBy: ['secret', 'behind'],
    check: ['inUse', 'match'],
  },
  notReloaded: {
    severity: 'info',
    confidence: {
      level: 'likely',
      reason: 'the process started before the certificate in its Secret was made',
    },
    text: '{pod:object} does not use the cluster certificate of {secret:object} yet: it was made at {notBefore:time}, after Kong had started.',
    remedy: [
      RESTART,
      { text: 'Let something restart the planes whenever the certificate is renewed, for example Reloader.' },
    ],
    groupBy: ['secret'],
    check: 'inUse',
  },
  nameMismatch: {
    ...BROKEN,
    text: '{pod:object} asks its control plane for the name `{wanted:text}`, and the certificate in {secret:object} has {names:text}.',
    remedy: [
      {
        text: 'In shared mode the name is always `kong_clustering`: a certificate that has any DNS name must have that one too.',
      },
      {
        text: 'In PKI mode set `KONG_CLUSTER_SERVER_NAME` of the data plane to a name of the certificate of the control plane.',
      },
    ],
    groupBy: ['secret', 'wanted'],
    check: 'names',
  },
  differ: {
    ...BROKEN,
    text: '{pod:object} and its control plane hold different cluster certificates ({own:text} in {secret:object}, {other:text} in {otherSecret:object}); in shared mode they must be the very same.',
    remedy: [
      {
        text: 'Put the same certificate and key into both Secrets: a certificate issued anew from the same key is refused too.',
      },
      RESTART,
    ],
    groupBy: ['secret', 'otherSecret'],
    check: 'match',
  },
  controlPlaneUntrusted: {
    ...BROKEN,
    text: '{pod:object} does not trust its control plane: nothing in {authority:object} signed the certificate in {secret:object} (issuer {issuer:text}).',
    remedy: [
      {
        text: 'Let `KONG_CLUSTER_CA_CERT` of the data plane hold the CA that issued it, with the root: an issuer may put the root into `ca.crt` and the intermediates into `tls.crt`.',
      },
      RESTART,
    ],
    groupBy: ['secret', 'authority'],
    check: 'match',
  },
  dataPlaneUntrusted: {
    ...BROKEN,
    text: 'The control plane refuses {pod:object}: nothing in {authority:object} of the control plane signed its certificate in {secret:object} (issuer {issuer:text}).',
    remedy: [
      {
        text: 'Let `KONG_CLUSTER_CA_CERT` of the control plane hold the CA that issued the certificates of data planes.',
      },
      RESTART,
    ],
    groupBy: ['secret', 'authority'],
    check: 'match',
  },
  chainTooLong: {
    ...BROKEN,
    confidence: {
      level: 'likely',
      reason: 'the Secret holds more intermediates than the data plane follows',
    },
    text: '{pod:object} follows {depth:count} intermediate certificates at most, and {secret:object} of its control plane holds {links:count}.',
    remedy: [
      { text: 'Raise `KONG_LUA_SSL_VERIFY_DEPTH` of the data plane above the number of intermediates.' },
    ],
    groupBy: ['secret'],
    check: 'match',
  },
  wrongUsage: {
    ...BROKEN,
    text: 'The certificate in {secret:object} may not be used as {wanted:text} (extended key usage {usages:text}): the other side of the link of {pod:object} refuses it.',
    remedy: [
      {
        text: 'Issue it with `serverAuth` for control planes and `clientAuth` for data planes, with both in shared mode, or without extended key usage.',
      },
      RESTART,
    ],
    groupBy: ['secret', 'wanted'],
    check: 'usage',
  },
} as const satisfies Readonly<Record<string, Message>>;

const ROW = { checklist: 'kong-data-plane' } as const;

/** Rows of the checklist about the cluster certificate. */
export const CERTIFICATE_CHECKS = {
  mounted: {
    ...ROW,
    item: 'Security: cluster certificate',
    expected: 'a Secret with certificate and key is mounted',
    found: '`{secret:text}`, key `{key:text}`, mode `{mtls:text}`',
  },
  valid: {
    ...ROW,
    item: 'Security: validity, both sides',
    expected: 'begun and not past its end',
    found: 'valid until {notAfter:time}{other:text}',
  },
  inUse: {
    ...ROW,
    item: 'Security: certificate in use',
    expected: 'that of the Secret, on both sides',
    found: '{detail:text}',
  },
  names: {
    ...ROW,
    item: 'Security: name',
    expected: 'the certificate of the control plane has the name the data plane asks for',
    found: '`{wanted:text}` is in it',
  },
  match: {
    ...ROW,
    item: 'Security: trust',
    expected:
      'shared mode: the very same certificate on both sides; PKI: issued by the CA the other side holds',
    found: '{detail:text}',
  },
  usage: {
    ...ROW,
    item: 'Security: key usage',
    expected: 'server authentication for control planes, client authentication for data planes',
    found: '{detail:text}',
  },
} as const satisfies Readonly<Record<string, Check>>;
