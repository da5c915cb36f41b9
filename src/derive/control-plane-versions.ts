import type { ComponentInstance, ControlPlane, ControlPlaneComponent } from './control-plane.ts';
import { type KubernetesVersion, minorsAhead, parseKubernetesVersion } from './kubernetes-version.ts';

/** The version of an instance, read from its image's tag. */
export interface ComponentVersion {
  readonly instance: ComponentInstance;
  readonly version: KubernetesVersion;
  /** As the tag has it. */
  readonly text: string;
}

/** Versions of a component's pods, the newest first; instances without a version in their tag are left out. */
export function componentVersions(plane: ControlPlane, component: ControlPlaneComponent): ComponentVersion[] {
  return plane
    .of(component)
    .flatMap((instance) => {
      const version = parseKubernetesVersion(instance.version);
      return version && instance.pod ? [{ instance, version, text: instance.version as string }] : [];
    })
    .sort((a, b) => minorsAhead(b.version, a.version) || b.version.patch - a.version.patch);
}
