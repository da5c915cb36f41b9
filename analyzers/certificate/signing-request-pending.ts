import {
  type CertificateSigningRequestItem,
  certificateSigningRequests,
} from '../../src/artifacts/extension-resources.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Approvers and signers act within seconds. */
const PENDING_SECONDS = 600;
const SERVING = 'kubernetes.io/kubelet-serving';
const CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
const RELATED = 10;

const STATE = { level: 'certain', reason: 'the request carries its conditions' } as const;
const PENDING = {
  severity: 'warning',
  confidence: STATE,
  key: ['requester', 'signer'],
  groupBy: ['signer'],
} as const;
const SEE = {
  text: 'See what is asked for before approving it.',
  argv: ['kubectl', 'describe', 'certificatesigningrequest', '{request.name}'],
} as const;
const APPROVE = {
  text: 'Approve it, if names and requester are right.',
  argv: ['kubectl', 'certificate', 'approve', '{request.name}'],
} as const;

export const signingRequestPending = defineAnalyzer({
  meta: {
    id: 'certificate/signing-request-pending',
    title: 'Certificate signing request not answered',
    description: 'CertificateSigningRequests that wait for approval or signing, or were denied.',
    messages: {
      servingPending: {
        ...PENDING,
        text: '{request:object} of `{requester:text}` waits for approval for {age:duration} ({count:count} such requests): until then the kubelet has no serving certificate of the signer `{signer:text}`, and logs, exec and metrics of its pods fail.',
        remedy: [
          {
            text: 'Nothing in Kubernetes approves these: install an approver for serving certificates of kubelets, or approve them by hand after `serverTLSBootstrap` is switched on.',
          },
          SEE,
          APPROVE,
        ],
      },
      clientPending: {
        ...PENDING,
        text: '{request:object} of `{requester:text}` waits for approval for {age:duration} ({count:count} such requests of `{signer:text}`): the kubelet gets no client certificate, so the node cannot join or will drop out when its old one ends.',
        remedy: [
          {
            text: 'The controller manager approves these where the requester has the role `system:certificates.k8s.io:certificatesigningrequests:nodeclient` or `selfnodeclient`: see that it runs, and the bindings.',
            argv: ['kubectl', 'get', 'clusterrolebindings', '-o', 'wide'],
          },
          SEE,
          APPROVE,
        ],
      },
      otherPending: {
        ...PENDING,
        severity: 'info',
        text: '{request:object} of `{requester:text}` waits for approval for {age:duration} ({count:count} such requests of `{signer:text}`).',
        remedy: [SEE, APPROVE],
      },
      notSigned: {
        ...PENDING,
        text: '{request:object} of `{requester:text}` is approved for {age:duration}, but no certificate was issued ({count:count} such requests of `{signer:text}`).',
        remedy: [
          {
            text: 'See that the signer runs. For signers of Kubernetes that is the controller manager, with `--cluster-signing-cert-file` and its key.',
          },
          SEE,
        ],
      },
      denied: {
        ...PENDING,
        text: '{request:object} of `{requester:text}` was denied by its approver for `{signer:text}`: {detail:text} ({count:count} such requests).',
        remedy: [{ text: 'Correct what the requester asks for, or the policy of the approver.' }, SEE],
      },
      failed: {
        ...PENDING,
        text: '{request:object} of `{requester:text}` was refused by the signer `{signer:text}`: {detail:text} ({count:count} such requests).',
        remedy: [{ text: 'Correct what the requester asks for: names, usages or duration.' }, SEE],
      },
    },
    checks: {
      answered: {
        item: 'Certificate signing request is answered',
        expected: 'a certificate within 10 minutes',
        found: 'issued, or asked for a moment ago',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/',
      'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/',
      'kubernetes/kubernetes pkg/controller/certificates/cleaner: pending requests live 24 h, answered ones 1 h',
    ],
  },
  needs: { requests: certificateSigningRequests },
  analyze({ requests }, context) {
    const groups = new Map<
      string,
      { readonly state: State; readonly items: CertificateSigningRequestItem[] }
    >();
    for (const request of requests.items) {
      const state = stateOf(request);
      if (state === 'answered' || !isOverdue(request, state, context)) {
        context.looked({ check: 'answered', values: {}, subject: subjectOf(request) });
        continue;
      }
      const key = `${state} ${request.spec?.signerName} ${request.spec?.username}`;
      getOrCreate(groups, key, () => ({ state, items: [] })).items.push(request);
    }
    for (const { state, items } of groups.values()) report(state, items, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof signingRequestPending.meta.messages,
  NonNullable<typeof signingRequestPending.meta.checks>
>;
type State = 'pending' | 'notSigned' | 'denied' | 'failed';

function stateOf({ status }: CertificateSigningRequestItem): State | 'answered' {
  const has = (type: string): boolean => status?.conditions?.some((one) => one.type === type) ?? false;
  if (status?.certificate) return 'answered';
  if (has('Denied')) return 'denied';
  if (has('Failed')) return 'failed';
  return has('Approved') ? 'notSigned' : 'pending';
}

/** A refusal is one at once; waiting takes a while. */
function isOverdue(request: CertificateSigningRequestItem, state: State, context: Context): boolean {
  if (state === 'denied' || state === 'failed') return true;
  return isOlder(context.age(request.metadata.creationTimestamp, request), PENDING_SECONDS) === true;
}

/** A kubelet asks again every quarter of an hour: its requests are one finding. */
function report(state: State, items: readonly CertificateSigningRequestItem[], context: Context): void {
  const [oldest, ...others] = [...items].sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
  if (!oldest) return;
  const { signerName: signer = '', username: requester = '' } = oldest.spec ?? {};
  const subject = subjectOf(oldest);
  const age = context.age(oldest.metadata.creationTimestamp, oldest);
  const common = {
    subject,
    related: others.slice(0, RELATED).map((item) => subjectOf(item)),
    evidence: [context.at(oldest)] as const,
    since: createdAt(oldest),
  };
  const shared = { request: subject, requester, signer, count: items.length };
  if (state === 'denied' || state === 'failed') {
    const type = state === 'denied' ? 'Denied' : 'Failed';
    const { message, reason } = oldest.status?.conditions?.find((one) => one.type === type) ?? {};
    const detail = (message || reason || 'no reason is given').replace(/\.$/, '');
    context.report({ message: state, values: { ...shared, detail }, ...common });
    return;
  }
  const values = { ...shared, age: Math.round(age?.seconds ?? 0) };
  if (state === 'notSigned') context.report({ message: 'notSigned', values, ...common });
  else if (signer === SERVING) context.report({ message: 'servingPending', values, ...common });
  else if (signer === CLIENT) context.report({ message: 'clientPending', values, ...common });
  else context.report({ message: 'otherPending', values, ...common });
}

function createdAt(request: CertificateSigningRequestItem): string {
  return request.metadata.creationTimestamp ?? '';
}
