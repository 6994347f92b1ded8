/** Image references: "nginx" is "docker.io/library/nginx:latest". As github.com/distribution/reference. */
export interface Reference {
  /** "docker.io/library/nginx" */
  readonly name: string
  readonly tag: string
  readonly digest: string | undefined
}

/** Undefined when it is no reference. */
export const parseReference = (text: string): Reference | undefined => {
  const [beforeDigest, digest] = text.split("@")
  const slash = beforeDigest.lastIndexOf("/")
  const colon = beforeDigest.indexOf(":", slash + 1)
  const name = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon)
  const tag = colon < 0 ? "latest" : beforeDigest.slice(colon + 1)
  if (!/^[a-z0-9]+(?:[._/:-]+[a-z0-9]+)*$/.test(name) || !/^[\w][\w.-]{0,127}$/.test(tag)) return undefined
  const [first] = name.split("/")
  const hasHost = name.includes("/") && (/[.:]/.test(first) || first === "localhost")
  // Docker Hub's own images have their long name by its host too: docker.io/nginx.
  const short = hasHost && /^(?:index\.)?docker\.io\/[^/]+$/.test(name)
  const full = short
    ? `docker.io/library/${name.slice(name.indexOf("/") + 1)}`
    : hasHost
      ? name
      : name.includes("/")
        ? `docker.io/${name}`
        : `docker.io/library/${name}`
  return { name: full, tag, digest }
}

export const formatReference = ({ name, tag }: Reference): string => `${name}:${tag}`
