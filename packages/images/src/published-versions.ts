/** Which versions registries have of the images that are asked for most, so that one that never was cannot be pulled. */

/** Highest last number of each line of versions; a line without a third number is one of majors. */
interface Published {
  readonly lines: Readonly<Record<string, number>>
  /** Words that may follow a version, or stand alone. */
  readonly variants: readonly string[]
  /** A further number may follow, at most so high. */
  readonly patches?: number
}

const DEBIAN = ["bookworm", "bullseye", "trixie", "buster", "stretch"]
const ALPINE = ["alpine", ...Array.from({ length: 20 }, (_, minor) => `alpine3.${minor + 4}`)]

/** "12.20" → { "12.20": 0, … } for lines that differ in the second number alone. */
const lines = (text: string): Record<string, number> =>
  Object.fromEntries(
    text.split(" ").map((word) => {
      const [line, most = "0"] = word.split(":")
      return [line, Number(most)]
    }),
  )

const NGINX: Published = {
  lines: lines(
    "1.29:4 1.28:1 1.27:5 1.26:3 1.25:5 1.24:0 1.23:4 1.22:1 1.21:6 1.20:2 1.19:10 1.18:0 1.17:10 1.16:1 1.15:12 1.14:2 1.13:12 1.12:2 1.11:13 1.10:3 1.9:15 1.8:1 1.7:12",
  ),
  variants: [
    ...ALPINE,
    ...["slim", "perl", "otel"].flatMap((kind) => ALPINE.map((name) => `${name}-${kind}`)),
    "perl",
    "otel",
    "stable",
    "mainline",
    ...DEBIAN,
    ...["perl", "otel"].flatMap((kind) => DEBIAN.map((name) => `${name}-${kind}`)),
  ],
}

const BUSYBOX: Published = {
  lines: lines("1.37:0 1.36:1 1.35:0 1.34:1 1.33:1 1.32:1 1.31:1 1.30:1 1.29:3 1.28:4 1.27:2 1.26:2 1.25:1 1.24:2 1.23:2"),
  variants: ["musl", "glibc", "uclibc", "stable", "unstable"],
}

const SQL = [...DEBIAN, "oracle", "debian", "oraclelinux9", "oraclelinux8", "ubi", "ubi9", "noble", "jammy", "focal"]

/** By name without its registry's host where that is Docker Hub's. */
const PUBLISHED: Readonly<Record<string, Published>> = {
  nginx: NGINX,
  "nginxinc/nginx-unprivileged": NGINX,
  busybox: BUSYBOX,
  alpine: {
    lines: lines(
      "3.23:2 3.22:2 3.21:5 3.20:8 3.19:9 3.18:12 3.17:10 3.16:9 3.15:11 3.14:10 3.13:12 3.12:12 3.11:13 3.10:9 3.9:6 3.8:5 3.7:3 3.6:5 3.5:3 3.4:6 3.3:3 3.2:3 2.7:0 2.6:0",
    ),
    variants: ["edge"],
  },
  httpd: { lines: lines("2.4:66 2.2:34"), variants: [...ALPINE, ...DEBIAN] },
  redis: {
    lines: lines("8.4:0 8.2:3 8.0:5 7.4:7 7.2:12 7.0:15 6.2:21 6.0:20 5.0:14 4.0:14 3.2:12 3.0:7 2.8:23"),
    variants: [...ALPINE, ...DEBIAN],
  },
  postgres: {
    lines: lines("18:1 17:7 16:11 15:15 14:20 13:23 12:22 11:22 10:23 9.6:24 9.5:25 9.4:26 9.3:25"),
    variants: [...ALPINE, ...DEBIAN],
  },
  mysql: {
    lines: lines("9.5:0 9.4:0 9.3:0 9.2:0 9.1:0 9.0:1 8.4:7 8.3:0 8.2:0 8.1:0 8.0:44 5.7:44 5.6:51 5.5:62"),
    variants: ["lts", "innovation", ...SQL],
  },
  mariadb: {
    lines: lines(
      "12.1:2 12.0:2 11.8:5 11.7:2 11.6:2 11.5:2 11.4:9 11.3:2 11.2:6 11.1:6 11.0:6 10.11:15 10.10:7 10.9:8 10.8:8 10.7:8 10.6:24 10.5:29 10.4:34 10.3:39 10.2:44 10.1:48 10.0:38",
    ),
    variants: ["lts", ...SQL],
  },
  mongo: {
    lines: lines("8.2:2 8.0:16 7.0:26 6.0:26 5.0:31 4.4:29 4.2:24 4.0:28 3.6:23 3.4:24 3.2:21 3.0:15"),
    variants: ["noble", "jammy", "focal", "bionic", "xenial"],
  },
  memcached: { lines: lines("1.6:39 1.5:22 1.4:39"), variants: [...ALPINE, ...DEBIAN] },
  python: {
    lines: lines("3.14:2 3.13:11 3.12:12 3.11:14 3.10:19 3.9:25 3.8:20 3.7:17 3.6:15 3.5:10 3.4:10 2.7:18"),
    variants: [...ALPINE, "slim", ...DEBIAN, ...DEBIAN.map((name) => `slim-${name}`)],
  },
  node: {
    lines: lines("25:2 24:12 23:11 22:21 21:7 20:19 19:9 18:20 17:9 16:20 15:14 14:21 13:14 12:22 11:15 10:24 9:11 8:17 6:17"),
    variants: [...ALPINE, "slim", "lts", "current", ...DEBIAN, ...DEBIAN.map((name) => `${name}-slim`), "lts-alpine", "lts-slim"],
    patches: 10,
  },
  perl: {
    lines: lines("5.42:0 5.40:3 5.38:5 5.36:3 5.34:3 5.32:1 5.30:3 5.28:3 5.26:3"),
    variants: ["slim", "stable", "devel", "threaded", ...DEBIAN],
  },
  "curlimages/curl": {
    lines: lines(
      "8.17:0 8.16:0 8.15:0 8.14:1 8.13:0 8.12:1 8.11:1 8.10:1 8.9:1 8.8:0 8.7:1 8.6:0 8.5:0 8.4:0 8.3:0 8.2:1 8.1:2 8.0:1 7.88:1 7.87:0 7.86:0 7.85:0 7.84:0 7.83:1 7.82:0 7.81:0 7.80:0 7.79:1 7.78:0 7.77:0 7.76:1 7.75:0 7.74:0 7.73:0 7.72:0 7.71:1 7.70:0",
    ),
    variants: [],
  },
  "hashicorp/http-echo": { lines: lines("1.0:0 0.2:3"), variants: [] },
  "registry.k8s.io/pause": { lines: lines("3:10 3.10:1 2:0"), variants: [] },
  "registry.k8s.io/e2e-test-images/agnhost": { lines: lines("2:57 2.57:0"), variants: [] },
  "traefik/whoami": { lines: lines("v1:11 v1.11:0 v1.10:4 v1.9:0 v1.8:7 v1.7:1 v1.6:1 v1.5:0"), variants: [] },
}

const isNumber = (text: string): boolean => /^(0|[1-9]\d*)$/.test(text)

const isVersion = ({ lines: known, patches }: Published, text: string): boolean => {
  if (Object.hasOwn(known, text) || Object.keys(known).some((line) => line.startsWith(`${text}.`))) return true
  const parts = text.split(".")
  for (let length = parts.length - 1; length > 0; length--) {
    const most = known[parts.slice(0, length).join(".")]
    if (most === undefined) continue
    const rest = parts.slice(length)
    if (!rest.every(isNumber) || Number(rest[0]) > most) return false
    return rest.length === 1 || (rest.length === 2 && patches !== undefined && Number(rest[1]) <= patches)
  }
  return false
}

/** Whether a repository has a version; undefined: it is not known which ones it has. */
export const isPublished = (repository: string, tag: string): boolean | undefined => {
  const published = Object.hasOwn(PUBLISHED, repository) ? PUBLISHED[repository] : undefined
  if (!published) return undefined
  if (published.variants.includes(tag) || isVersion(published, tag)) return true
  const dash = tag.indexOf("-")
  if (dash < 0) return false
  const [first, rest] = [tag.slice(0, dash), tag.slice(dash + 1)]
  return published.variants.includes(rest) && (published.variants.includes(first) || isVersion(published, first))
}
