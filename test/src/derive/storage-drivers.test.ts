import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { csiDrivers } from '../../../src/artifacts/storage-resources.ts';
import { storageDrivers } from '../../../src/derive/storage-drivers.ts';
import { type Built, lease, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import {
  csiDriver,
  DRIVER,
  driverController,
  nodePlugin,
  storageClass,
} from '../../support/storage-builders.ts';

function driverOf(objects: readonly Built[], name = DRIVER) {
  const driver = derivedFrom(storageDrivers, { objects }).get(name);
  return {
    controllers: driver.controllers.map((one) => one.metadata.name),
    nodePlugins: driver.nodePlugins.map((one) => one.metadata.name),
    registered: driver.registered,
  };
}

describe('a storage driver', () => {
  it('is known by the path its node plugin registers and by the arguments of its controller', () => {
    expect(driverOf([csiDriver(), nodePlugin('a'), driverController(), pod('web')])).toEqual({
      controllers: ['disk-csi-controller-0'],
      nodePlugins: ['disk-csi-node-a'],
      registered: true,
    });
  });

  it('is known by the lease its controller holds', () => {
    const leader = lease('disk-csi-example-com', { spec: { holderIdentity: 'provisioner-1' } });

    expect(driverOf([csiDriver(), pod('provisioner-1'), leader]).controllers).toEqual(['provisioner-1']);
  });

  it('has the sidecars in the namespace of its node plugin', () => {
    const containers = [{ name: 'csi-resizer', image: 'registry.example/sig-storage/csi-resizer:v1.9' }];
    const near = pod('controller', { spec: { containers } });
    const far = pod('controller', { metadata: { namespace: 'other' }, spec: { containers } });

    expect(driverOf([csiDriver(), nodePlugin('a'), near, far]).controllers).toEqual(['controller']);
  });

  it('that is no CSI driver is known by the last part of its name', () => {
    const name = 'rancher.io/local-path';
    const given = [storageClass('local', { provisioner: name }), pod('local-path-provisioner-7f-x')];

    expect(driverOf(given, name).controllers).toEqual(['local-path-provisioner-7f-x']);
    expect(driverOf([storageClass('local', { provisioner: name }), pod('web')], name).controllers).toEqual(
      [],
    );
  });

  it('is not told from another whose name it begins', () => {
    const longer = `${DRIVER}.cn`;
    const args = [`--driver-name=${longer}`];
    const other = pod('other', { spec: { containers: [{ name: 'driver', args }] } });

    expect(driverOf([csiDriver(), csiDriver(longer), other]).controllers).toEqual([]);
    expect(driverOf([csiDriver(), csiDriver(longer), other], longer).controllers).toEqual(['other']);
  });

  it('says when it cannot be told that there is none', () => {
    const drivers = derivedFrom(storageDrivers, { forbidden: [pods, csiDrivers] });

    expect(drivers.complete).toBe(false);
    expect(drivers.get(DRIVER)).toEqual({ controllers: [], nodePlugins: [], registered: undefined });
  });
});
