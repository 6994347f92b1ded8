/** Who manages what a request writes. As managerOrUserAgent in k8s.io/apiserver/pkg/endpoints/handlers/create.go. */
import type { Context } from "./context.ts"

/** Of the components' own names: there are few, and each writes every few seconds. */
const components = new Map<string, string>()
const MOST_COMPONENTS = 2_000

const componentOf = (name: string): string => {
  let component = components.get(name)
  if (component === undefined) {
    if (name.startsWith("system:node:")) component = "kubelet"
    else if (name.startsWith("system:serviceaccount:kube-system:")) component = "kube-controller-manager"
    else component = /^system:(kube-[a-z-]+|apiserver)$/.exec(name)?.[1].replace(/^apiserver$/, "kube-apiserver") ?? "unknown"
    if (components.size >= MOST_COMPONENTS) components.clear()
    components.set(name, component)
  }
  return component
}

/** Its fieldManager, or its user agent up to the "/"; components name themselves by user. */
export const managerOf = ({ query, request, user }: Pick<Context, "query" | "request" | "user">): string => {
  const named = query.get("fieldManager")?.[0]
  if (named) return named
  const agent = request.headers?.["user-agent"]
  return agent ? agent.split("/")[0].slice(0, 128) : componentOf(user.name)
}
