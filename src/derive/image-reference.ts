/** An image reference taken apart, with the defaults a container runtime applies. */
export interface ImageReference {
  /** Registry host, with its port if one is given; `docker.io` when the reference names none. */
  readonly registry: string;
  /** Path below the registry: `library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const DEFAULT_REGISTRY = 'docker.io';
/** Hosts behind which the Docker Hub answers; people know it as docker.io. */
const DOCKER_HUB = /^(?:(?:registry-1|index|auth|registry)\.docker\.io|production\.cloudflare\.docker\.com)$/;
/** The grammar of distribution/reference, without its length limit. */
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;

/** Parses a reference as Docker and containerd do; undefined when it breaks their grammar. */
export function parseImage(reference: string): ImageReference | undefined {
  const [named = '', digest] = reference.split('@', 2);
  const slash = named.indexOf('/');
  const first = named.slice(0, Math.max(0, slash));
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const [path = '', tag, extra] = rest.split(':');
  if (!REPOSITORY.test(path) || extra !== undefined || (tag !== undefined && !TAG.test(tag)))
    return undefined;
  const registry = hasRegistry ? registryName(first) : DEFAULT_REGISTRY;
  const repository = registry === DEFAULT_REGISTRY && !path.includes('/') ? `library/${path}` : path;
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The name a registry host is known by: all hosts of the Docker Hub are `docker.io`. */
export function registryName(host: string): string {
  const name = host.toLowerCase();
  return DOCKER_HUB.test(name) ? DEFAULT_REGISTRY : name;
}
