import { konvoyCluster, reduceKonvoyCluster } from '../../src/artifacts/konvoy-cluster.ts';
import { konvoyInventory, reduceKonvoyInventory } from '../../src/artifacts/konvoy-inventory.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';

/** cluster.yaml as `konvoy init` of 1.6 writes it, shortened. */
export const CLUSTER_YAML = `kind: ClusterProvisioner
apiVersion: konvoy.mesosphere.io/v1beta2
metadata:
  name: demo
spec:
  provider: aws
  nodePools:
  - name: worker
    count: 2
    machine:
      type: m5.2xlarge
  - name: control-plane
    controlPlane: true
    count: 1
  - name: bastion
    bastion: true
    count: 1
  sshCredentials:
    user: centos
    privateKeyFile: demo-ssh.pem
  version: v1.6.0
---
kind: ClusterConfiguration
apiVersion: konvoy.mesosphere.io/v1beta2
metadata:
  name: demo
spec:
  kubernetes:
    version: 1.18.10
    controlPlane:
      controlPlaneEndpointOverride: ""
    networking:
      podSubnet: 192.168.0.0/16
      serviceSubnet: 10.0.0.0/18
  containerRuntime:
    containerd:
      version: 1.3.7
  imageRegistries:
  - server: https://registry.example:5000
    username: admin
    password: hunter2hunter2
  nodePools:
  - name: worker
  addons:
  - configRepository: https://git.example/kubernetes-base-addons
    configVersion: stable-1.18-3.2.0
    addonsList:
    - name: traefik
      enabled: true
      values: |
        secretToken: abcdef0123456789
    - name: dex
      enabled: false
  version: v1.6.0
`;

/** inventory.yaml of a control-plane machine, a worker and a bastion. */
export const INVENTORY_YAML = `control-plane:
  hosts:
    10.0.1.2:
      ansible_host: 203.0.113.2
      node_pool: control-plane
node:
  hosts:
    10.0.1.3:
      ansible_host: 203.0.113.3
      node_pool: worker
bastion:
  hosts:
    10.0.1.9:
      ansible_host: 203.0.113.9
all:
  vars:
    control_plane_endpoint: ""
    ansible_user: centos
    ansible_ssh_private_key_file: demo-ssh.pem
    version: v1beta1
`;

/** cluster.yaml as a document of a case. */
export function clusterFile(text: string = CLUSTER_YAML) {
  const bytes = new TextDecoder().decode(reduceKonvoyCluster(new TextEncoder().encode(text)));
  return { artifact: konvoyCluster, scope: CLUSTER_SCOPE, bytes };
}

/** inventory.yaml as a document of a case. */
export function inventoryFile(text: string = INVENTORY_YAML) {
  const bytes = new TextDecoder().decode(reduceKonvoyInventory(new TextEncoder().encode(text)));
  return { artifact: konvoyInventory, scope: CLUSTER_SCOPE, bytes };
}
