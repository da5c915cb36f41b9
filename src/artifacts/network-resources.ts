import type { V1Endpoint, V1EndpointSlice, V1Endpoints, V1Ingress, V1Service } from '@kubernetes/client-node';
import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS, WRITERS } from './resources.ts';

export const services = resources<V1Service>()('', 'Service', {
  metadata: {
    labels: true,
    annotations: {
      'control-plane.alpha.kubernetes.io/leader': true,
      'meta.helm.sh/release-name': true,
      // What KtEnv adds to the routes of a Service.
      'kt-virtual-environment/gateways': true,
      'kt-virtual-environment/hosts': true,
      'kt-virtual-environment/rule': true,
    },
    managedFields: { subresource: true, time: true },
  },
  spec: {
    type: true,
    selector: true,
    clusterIP: true,
    externalName: true,
    externalIPs: true,
    externalTrafficPolicy: true,
    internalTrafficPolicy: true,
    loadBalancerClass: true,
    healthCheckNodePort: true,
    publishNotReadyAddresses: true,
    ports: { name: true, port: true, targetPort: true, protocol: true, appProtocol: true, nodePort: true },
  },
  status: { loadBalancer: true, conditions: CONDITIONS },
});
export type ServiceItem = ItemOf<typeof services>;

export const endpoints = resources<V1Endpoints>()('', 'Endpoints', {
  metadata: { labels: true },
  subsets: {
    addresses: { ip: true, targetRef: { kind: true, namespace: true, name: true } },
    notReadyAddresses: { ip: true, targetRef: { kind: true, namespace: true, name: true } },
    ports: { name: true, port: true, protocol: true },
  },
});

/** In v1beta1 (to 1.20 the only version) the node of an endpoint is a label of its topology. */
type AnyEndpointSlice = Omit<V1EndpointSlice, 'endpoints'> & {
  endpoints: (V1Endpoint & { topology?: { [key: string]: string } })[];
};

export const endpointSlices = resources<AnyEndpointSlice>()('discovery.k8s.io', 'EndpointSlice', {
  metadata: {
    labels: { 'kubernetes.io/service-name': true, 'endpointslice.kubernetes.io/managed-by': true },
  },
  addressType: true,
  ports: { name: true, port: true, protocol: true, appProtocol: true },
  endpoints: {
    addresses: true,
    conditions: { ready: true, serving: true, terminating: true },
    targetRef: { kind: true, namespace: true, name: true },
    nodeName: true,
    topology: { 'kubernetes.io/hostname': true },
  },
});
export type EndpointSliceItem = ItemOf<typeof endpointSlices>;

export const ingresses = resources<V1Ingress>()('networking.k8s.io', 'Ingress', {
  metadata: { managedFields: WRITERS, annotations: { 'kubernetes.io/ingress.class': true } },
  spec: {
    ingressClassName: true,
    tls: { hosts: true, secretName: true },
    defaultBackend: { service: true },
    rules: { host: true, http: { paths: { path: true, backend: { service: true } } } },
  },
  status: { loadBalancer: true },
});
export type IngressItem = ItemOf<typeof ingresses>;
