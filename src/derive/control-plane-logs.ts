import { logSignals } from '../model/artifact.ts';

/** What an API server says of its clients and of what it needs (facts: control-plane-and-nodes.md §5.1). */
export const apiServerLog = logSignals({
  component: {
    id: 'kube-apiserver',
    container: /^kube-apiserver$/,
    unit: /^kube-apiserver(?:\.service)?$/,
  },
  patterns: {
    spaceExceeded: { any: ['mvcc: database space exceeded'] },
    /** The reason `/readyz` withholds. */
    checkReason: {
      any: ['[-]etcd failed: ', '[-]etcd-readiness failed: '],
      re: /\[-\]etcd(?:-readiness)? failed: (?<detail>(?!reason withheld).+)/,
    },
    certificateExpired: {
      any: ['Unable to authenticate the request'],
      re: /Unable to authenticate the request.*?certificate has expired(?:.*?SN=(?<serial>\d+))?(?:.*?AKID=(?<authority>[0-9A-F:]+))?/,
    },
    authorityUnknown: {
      any: ['Unable to authenticate the request'],
      re: /Unable to authenticate the request.*?signed by unknown authority(?:.*?SN=(?<serial>\d+))?(?:.*?AKID=(?<authority>[0-9A-F:]+))?/,
    },
    tokenRejected: {
      any: ['Unable to authenticate the request'],
      re: /Unable to authenticate the request.*?(?<error>service account token (?:has expired|is not valid yet)|Token has been invalidated|token is expired|invalid bearer token)/,
    },
    handshakeFailed: {
      any: ['TLS handshake error from '],
      // EOF and resets are what balancers' probes leave.
      re: /TLS handshake error from (?<from>\S+):\d+: (?<error>(?!EOF|read tcp|write tcp|tls: first record).+)/,
    },
    kubeletUnreachable: {
      any: [':10250: ', ':10250/cont', ':10250/exec', ':10250/stat', ':10250/metr', 'dial backend: '],
      re: /(?<cause>(?:dial tcp (?<node>\S+?):10250: |error dialing backend: )[^"]*)/,
    },
    tunnelFailed: {
      any: ['konnectivity', 'proxy-server', 'No agent available'],
      re: /(?<cause>No agent available|failed to get agent|(?:konnectivity|proxy-server)\S* .*(?:connection refused|i\/o timeout|no such host))/,
    },
    timedOut: {
      any: ['http: Handler timeout', 'Timeout or abort while handling', 'Post-timeout activity'],
    },
  },
});

/** What ends or hinders a controller-manager, a scheduler or any component at its start. */
export const componentLog = logSignals({
  component: {
    id: 'control-plane-component',
    container: /^(?:kube-apiserver|kube-controller-manager|kube-scheduler|etcd|cloud-controller-manager)$/,
    unit: /^(?:kube-apiserver|kube-controller-manager|kube-scheduler|etcd)(?:\.service)?$/,
  },
  patterns: {
    leaseLost: {
      any: ['leaderelection lost', 'Leaderelection lost'],
      re: /[Ll]eaderelection lost/,
    },
    lockUnreadable: {
      any: [
        'error retrieving resource lock',
        'Error retrieving lease lock',
        'Failed to renew lease',
        'failed to renew lease',
      ],
      re: /(?:rror retrieving (?:resource|lease) lock|ailed to renew lease).*?(?<cause>connection refused|context deadline exceeded|i\/o timeout|Unauthorized|is forbidden|x509: [^"\\]*|no route to host|timed out waiting for the condition)/,
    },
    flagUnknown: {
      any: [
        'unknown flag: ',
        'flag provided but not defined: ',
        'invalid argument "',
        'unknown shorthand flag: ',
      ],
      re: /(?<error>(?:unknown flag: |flag provided but not defined: |unknown shorthand flag: |invalid argument ").*)/,
    },
    fileMissing: {
      any: ['no such file or directory'],
      re: /(?:open|stat|read) (?<file>\/[^\s:"]+): no such file or directory/,
    },
    portInUse: {
      any: ['address already in use'],
      re: /listen tcp[46]? (?<address>\S+): bind: address already in use/,
    },
    discoveryIncomplete: {
      any: ['unable to retrieve the complete list of server APIs: '],
      re: /unable to retrieve the complete list of server APIs: (?<groups>[^"]*)/,
    },
    /** Cancelled dials are how a client ends one of several tries, also of an etcd that is well. */
    etcdRefused: {
      any: ['addrConn.createTransport failed to connect to'],
      re: /createTransport failed to connect to \{Addr: "(?:[^"]*:2\d*79)".*(?<cause>connect: connection refused|authentication handshake failed: [^"]*|i\/o timeout|no route to host)/,
    },
    etcdUnreachable: {
      any: ['command failed" err="context deadline exceeded"', 'Unable to create storage backend'],
    },
  },
});

/** What a kubelet says of static pods. */
export const staticPodLog = logSignals({
  component: { id: 'kubelet-static-pods', unit: /^kubelet(?:\.service)?$/ },
  patterns: {
    manifestRefused: {
      any: ['Could not process manifest file', "Can't process manifest file"],
      re: /Could not process manifest file" err="(?<error>(?:[^"\\]|\\.)*)"(?: path="(?<file>[^"]+)")?|Can't process manifest file "(?<oldFile>[^"]+)": (?<old>.*)/,
    },
  },
});
