import type { NodeItem, PodItem } from '../artifacts/resources.ts';

/** Images of programs that give addresses to Services of type LoadBalancer, and what people call them. */
const CONTROLLERS: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)metallb\/(controller|speaker)[:@]|metallb-(controller|speaker)/, 'MetalLB'],
  [/kube-vip/, 'kube-vip'],
  [/openelb|\/porter[:@]/, 'OpenELB'],
  [/purelb/, 'PureLB'],
  [/aws-load-balancer-controller/, 'AWS Load Balancer Controller'],
  [/cloud-provider-kind/, 'cloud-provider-kind'],
  [/klipper-lb/, 'the service load balancer of k3s'],
  [/loxilb/, 'LoxiLB'],
  [/cloud-controller-manager|cloud-provider-\w+|\bccm\b/, 'a cloud controller manager'],
  // Both give out addresses when a pool is configured; whether one is, is not seen.
  [/cilium\/operator/, 'Cilium'],
  [/calico\/kube-controllers/, 'Calico'],
];
/** Schemes of `providerID` of machines that stand in no cloud. */
const NO_CLOUD = /^(kind|k3s|baremetal|metal3|vsphere|kubevirt|docker|kwok|proxmox|harvester|talos):/;

/** Who is to give addresses to load balancers, as pods and nodes show it; undefined when nobody is in sight. */
export function loadBalancerController(
  pods: readonly PodItem[],
  nodes: readonly NodeItem[],
): string | undefined {
  for (const [image, name] of CONTROLLERS) {
    const runs = pods.some((pod) => pod.spec?.containers.some((one) => image.test(one.image ?? '')));
    if (runs) return name;
  }
  const cloud = nodes.find(({ spec }) => spec?.providerID && !NO_CLOUD.test(spec.providerID));
  return cloud ? `the cloud of ${cloud.spec?.providerID?.split(':')[0]}` : undefined;
}
