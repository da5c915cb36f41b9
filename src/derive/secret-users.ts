import { clusterIssuers, issuers } from '../artifacts/cert-manager-resources.ts';
import { gateways } from '../artifacts/gateway-resources.ts';
import { istiodContainer, istioProxyContainer } from '../artifacts/istio-proxy.ts';
import { istioGateways } from '../artifacts/istio-resources.ts';
import { ingresses } from '../artifacts/network-resources.ts';
import { type PodItem, pods, type SecretItem } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { subjectKey, subjectOf } from '../model/subject.ts';

/** Where cert-manager looks for the Secrets of a ClusterIssuer, unless it is told otherwise. */
const CLUSTER_ISSUER_NAMESPACE = 'cert-manager';

/** Root and key istiod makes for itself. */
const ISTIO_CA = 'istio-ca-secret';

/** Who refers to Secrets, as far as pods, Ingresses, Gateways and issuers tell. */
export interface SecretUsers {
  /** `no` only where pods and Ingresses were fully seen in the Secret's namespace. */
  uses(secret: SecretItem): 'yes' | 'no' | 'unknown';
  /** Keys of the pods that mount or read the Secret, see `subjectKey`. */
  podsUsing(secret: SecretItem): readonly string[];
}

/** References to Secrets: volumes, environment, image pull secrets, TLS of Ingresses and Gateways, CAs of issuers. */
export const secretUsers = defineDerived({
  id: 'secret-users',
  title: 'Users of Secrets',
  needs: {
    pods: optional(pods),
    ingresses: optional(ingresses),
    gateways: optional(gateways),
    issuers: optional(issuers),
    clusterIssuers: optional(clusterIssuers),
    istioGateways: optional(istioGateways),
  },
  derive(inputs, { safely }): SecretUsers {
    const byPod = new Map<string, string[]>();
    const others = new Set<string>();
    const [istiodHomes, gatewayHomes] = [new Set<string>(), new Set<string>()];
    for (const pod of inputs.pods.items) {
      const { namespace = '' } = pod.metadata;
      if (safely(() => istiodContainer(pod), undefined)) istiodHomes.add(namespace);
      if (safely(() => istioProxyContainer(pod)?.role, undefined) === 'gateway') gatewayHomes.add(namespace);
      for (const name of secretsOf(pod)) {
        getOrCreate(byPod, `${pod.metadata.namespace}/${name}`, () => []).push(subjectKey(subjectOf(pod)));
      }
    }
    for (const ingress of inputs.ingresses.items) {
      for (const { secretName } of ingress.spec?.tls ?? [])
        others.add(`${ingress.metadata.namespace}/${secretName}`);
    }
    for (const { metadata, spec } of inputs.gateways.items) {
      for (const { tls } of spec?.listeners ?? [])
        for (const { namespace = metadata.namespace, name } of tls?.certificateRefs ?? [])
          others.add(`${namespace}/${name}`);
    }
    for (const { metadata, spec } of inputs.issuers.items) {
      if (spec?.ca?.secretName) others.add(`${metadata.namespace}/${spec.ca.secretName}`);
    }
    for (const { spec } of inputs.clusterIssuers.items) {
      if (spec?.ca?.secretName) others.add(`${CLUSTER_ISSUER_NAMESPACE}/${spec.ca.secretName}`);
    }
    for (const { metadata, spec } of inputs.istioGateways.items) {
      // A gateway reads them in the namespace of its pods.
      const homes = [metadata.namespace, ...gatewayHomes];
      for (const { tls } of spec?.servers ?? [])
        for (const name of [tls?.credentialName, ...(tls?.credentialNames ?? [])])
          if (name) for (const home of homes) others.add(`${home}/${name}`);
    }
    const keyOf = (secret: SecretItem): string => `${secret.metadata.namespace}/${secret.metadata.name}`;
    return {
      podsUsing: (secret) => byPod.get(keyOf(secret)) ?? [],
      uses(secret) {
        if (byPod.has(keyOf(secret)) || others.has(keyOf(secret))) return 'yes';
        const { namespace = '', name } = secret.metadata;
        // istiod reads it by the API, unless it is given `cacerts`.
        if (name === ISTIO_CA && istiodHomes.has(namespace)) return 'unknown';
        const seen =
          inputs.pods.coverage.covers(namespace) === true &&
          inputs.ingresses.coverage.covers(namespace) === true;
        return seen ? 'no' : 'unknown';
      },
    };
  },
});

function secretsOf(pod: PodItem): Set<string> {
  const names = new Set<string | undefined>();
  for (const volume of pod.spec?.volumes ?? []) {
    names.add(volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) names.add(source.secret?.name);
  }
  for (const container of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
    for (const variable of container.env ?? []) names.add(variable.valueFrom?.secretKeyRef?.name);
  }
  for (const reference of pod.spec?.imagePullSecrets ?? []) names.add(reference.name);
  names.delete(undefined);
  return names as Set<string>;
}
