import { describe, expect, it } from 'vitest';
import { secrets } from '../../../src/artifacts/resources.ts';
import { istioMesh } from '../../../src/derive/istio-mesh.ts';
import { anyObject } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { meshPod } from '../../support/istio-configuration-builders.ts';

const config = (mesh: string, name = 'istio', namespace = 'istio-system') =>
  anyObject('v1', 'ConfigMap', name, namespace, { data: { mesh } });
const mesh = (...objects: object[]) => derivedFrom(istioMesh, { objects });
const ofCluster = (value: string) =>
  meshPod(
    'web',
    {},
    {
      spec: {
        containers: [
          {
            name: 'istio-proxy',
            image: 'istio/proxyv2:1.26.2',
            env: [{ name: 'ISTIO_META_CLUSTER_ID', value }],
          },
        ],
      },
    },
  );

describe('settings of the mesh', () => {
  it('are defaults where no configuration was seen', () => {
    expect(mesh(anyObject('v1', 'ConfigMap', 'istio-ca-root-cert', 'shop', { data: {} }))).toEqual({
      isSeen: false,
      rootNamespace: 'istio-system',
      hasOtherRegistries: false,
      allocatesAddresses: false,
      keepsRoutesHome: false,
    });
  });

  it('come from the configuration of any revision', () => {
    const text =
      'defaultVirtualServiceExportTo: ["."]\nrootNamespace: mesh-root\ntrustDomain: cluster.local\n';

    expect(mesh(config('accessLogFile: ""\n'), config(text, 'istio-1-27'))).toMatchObject({
      isSeen: true,
      rootNamespace: 'mesh-root',
      keepsRoutesHome: true,
    });
  });

  it('take the namespace of the configuration for the root where it names none', () => {
    expect(mesh(config('accessLogFile: ""\n', 'istio', 'mesh')).rootNamespace).toBe('mesh');
  });

  it('do not keep routes at home by another default', () => {
    expect(mesh(config('defaultVirtualServiceExportTo:\n- "*"\n')).keepsRoutesHome).toBe(false);
  });

  it('tell other clusters by the name of this one where Secrets were not seen', () => {
    const joined = (value: string) =>
      derivedFrom(istioMesh, { objects: [ofCluster(value)], forbidden: [secrets] }).hasOtherRegistries;

    expect(joined('west')).toBe(true);
    expect(joined('Kubernetes')).toBe(false);
    expect(mesh(ofCluster('west')).hasOtherRegistries).toBe(false);
  });
});
