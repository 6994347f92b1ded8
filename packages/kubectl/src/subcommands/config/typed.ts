/** Kubeconfig entries with their keys in the order of client-go's types, for JSON. As clientcmd/api/v1/types.go. */

type Entry = Readonly<Record<string, unknown>>

const ORDER: Readonly<Record<"cluster" | "user" | "context" | "exec", readonly string[]>> = {
  cluster: [
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
    "extensions",
  ],
  user: [
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "token",
    "tokenFile",
    "as",
    "as-uid",
    "as-groups",
    "as-user-extra",
    "username",
    "password",
    "auth-provider",
    "exec",
    "extensions",
  ],
  context: ["cluster", "user", "namespace", "extensions"],
  exec: ["command", "args", "env", "apiVersion", "installHint", "provideClusterInfo", "interactiveMode"],
}

/** What is printed though it is empty. */
const ALWAYS: Readonly<Record<string, unknown>> = {
  server: "",
  cluster: "",
  user: "",
  command: "",
  args: null,
  env: null,
  provideClusterInfo: false,
}

export const typedEntry = (kind: keyof typeof ORDER, entry: Entry): Entry =>
  Object.fromEntries(
    ORDER[kind].flatMap((key) => {
      const value = entry[key]
      if (key === "exec" && value) return [[key, typedEntry("exec", { interactiveMode: "IfAvailable", ...(value as Entry) })]]
      const empty = value === undefined || value === null || value === "" || value === false
      if (!empty) return [[key, value]]
      const always = kind === "exec" || kind === "context" || kind === "cluster" ? ALWAYS[key] : undefined
      return always === undefined ? [] : [[key, value ?? always]]
    }),
  )
