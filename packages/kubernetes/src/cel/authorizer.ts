/** authorizer.group("apps").resource("deployments").namespace("a").check("create").allowed(): access checks in CEL. As k8s.io/apiserver/pkg/cel/library/authz.go. */
import type { UserInfo } from "../apiserver/contract.ts"
import type { RequestInfo } from "../apiserver/request-info.ts"
import { extendCel } from "./evaluate.ts"

export interface AuthorizerOptions {
  user: UserInfo
  decide: (user: UserInfo, info: RequestInfo) => { allowed: boolean; reason: string | undefined }
  /** What the request is about: authorizer.requestResource. */
  request: { group: string; resource: string; subresource: string; namespace: string; name: string }
}

interface Asked {
  path: string | undefined
  group: string
  resource: string
  subresource: string
  namespace: string
  name: string
}

const NOTHING: Asked = { path: undefined, group: "", resource: "", subresource: "", namespace: "", name: "" }

class Check {
  readonly of: AuthorizerOptions
  readonly asked: Asked
  constructor(of: AuthorizerOptions, asked: Asked) {
    this.of = of
    this.asked = asked
  }
}

class GroupCheck extends Check {}
class PathCheck extends Check {}
class ResourceCheck extends Check {}

class Decision {
  readonly allowed: boolean
  readonly reason: string
  constructor({ allowed, reason }: { allowed: boolean; reason: string | undefined }) {
    this.allowed = allowed
    this.reason = reason ?? ""
  }
}

export class CelAuthorizer {
  readonly of: AuthorizerOptions
  readonly requestResource: ResourceCheck
  constructor(of: AuthorizerOptions) {
    this.of = of
    this.requestResource = new ResourceCheck(of, { ...NOTHING, ...of.request })
  }
}

const decide = ({ of, asked }: Check, verb: string): Decision =>
  new Decision(
    of.decide(of.user, {
      isResource: asked.path === undefined,
      path: asked.path ?? "",
      verb,
      group: asked.group,
      version: "*",
      namespace: asked.namespace || undefined,
      resource: asked.resource,
      subresource: asked.subresource,
      name: asked.name,
      rest: "",
    }),
  )

extendCel((environment) => {
  const types = { Decision, GroupCheck, PathCheck, ResourceCheck } as const
  for (const [name, ctor] of Object.entries(types)) environment.registerType(name, { ctor, fields: {} } as never)
  environment.registerType("Authorizer", { ctor: CelAuthorizer, fields: { requestResource: "ResourceCheck" } } as never)
  const register = (signature: string, handler: (...values: never[]) => unknown) =>
    environment.registerFunction(signature, handler as never)
  register("Authorizer.path(string): PathCheck", ({ of }: CelAuthorizer, path: string) => new PathCheck(of, { ...NOTHING, path }))
  register("Authorizer.group(string): GroupCheck", ({ of }: CelAuthorizer, group: string) => new GroupCheck(of, { ...NOTHING, group }))
  register("Authorizer.serviceAccount(string, string): Authorizer", ({ of }: CelAuthorizer, namespace: string, name: string) => {
    const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"]
    return new CelAuthorizer({ ...of, user: { name: `system:serviceaccount:${namespace}:${name}`, groups } })
  })
  register(
    "GroupCheck.resource(string): ResourceCheck",
    ({ of, asked }: Check, resource: string) => new ResourceCheck(of, { ...asked, resource }),
  )
  for (const field of ["subresource", "namespace", "name"] as const)
    register(
      `ResourceCheck.${field}(string): ResourceCheck`,
      ({ of, asked }: Check, value: string) => new ResourceCheck(of, { ...asked, [field]: value }),
    )
  register("ResourceCheck.check(string): Decision", decide)
  register("PathCheck.check(string): Decision", decide)
  register("Decision.allowed(): bool", ({ allowed }: Decision) => allowed)
  register("Decision.reason(): string", ({ reason }: Decision) => reason)
  register("Decision.errored(): bool", () => false)
  register("Decision.error(): string", () => "")
})
