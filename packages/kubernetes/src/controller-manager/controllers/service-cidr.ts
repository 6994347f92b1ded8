/** service-cidr-controller: a range is ready, and stays while Services have addresses of it. As pkg/controller/servicecidrs. */
import { ipAddress, type ServiceCIDR, serviceCIDR } from "../../api/index.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"

const FINALIZER = "networking.k8s.io/service-cidr-finalizer"

const toNumber = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)

const holds = (cidr: string, address: string): boolean => {
  const [base, bits] = cidr.split("/")
  const size = 2 ** (32 - Number(bits))
  return Math.floor(toNumber(base) / size) === Math.floor(toNumber(address) / size)
}

const setReady = (object: ServiceCIDR, status: "True" | "False", reason: string, message: string, context: ReconcileContext): void => {
  const old = object.status?.conditions?.find(({ type }) => type === "Ready")
  if (old?.status === status && old.reason === reason) return
  const next = editable(object)
  const condition = { type: "Ready", status, reason, message, lastTransitionTime: formatTime(context.now()) }
  next.status = { ...next.status, conditions: [condition] as never }
  context.client.updateStatus(serviceCIDR, next)
}

export const serviceCidrController = defineController({
  name: "service-cidr-controller",
  for: serviceCIDR,
  triggers: [
    {
      kind: ipAddress as never,
      keys: ({ type }, { informers }) =>
        type === "deleted"
          ? informers
              .for(serviceCIDR)
              .list()
              .filter(({ metadata }) => metadata.deletionTimestamp)
              .map(({ metadata: { name } }) => ({ name }))
          : [],
    },
  ],
  reconcile(object, context) {
    if (!object) return
    const { client, informers } = context
    const finalizers = object.metadata.finalizers ?? []
    if (!object.metadata.deletionTimestamp) {
      if (!finalizers.includes(FINALIZER))
        return void client.patch(
          serviceCIDR,
          { name: object.metadata.name },
          { metadata: { finalizers: [...finalizers, FINALIZER] } },
          { type: "merge" },
        )
      return setReady(object, "True", "", "Kubernetes Service CIDR is ready", context)
    }
    const others = informers
      .for(serviceCIDR)
      .list()
      .filter(({ metadata }) => metadata.name !== object.metadata.name && !metadata.deletionTimestamp)
    const used = informers
      .for(ipAddress)
      .list()
      .filter(({ metadata: { name } }) => !name.includes(":"))
      .some(
        ({ metadata: { name } }) =>
          (object.spec.cidrs ?? []).some((cidr) => holds(cidr, name)) &&
          !others.some(({ spec }) => (spec.cidrs ?? []).some((cidr) => holds(cidr, name))),
      )
    if (used)
      return setReady(
        object,
        "False",
        "Terminating",
        "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR",
        context,
      )
    const rest = finalizers.filter((one) => one !== FINALIZER)
    if (rest.length !== finalizers.length)
      client.patch(
        serviceCIDR,
        { name: object.metadata.name },
        { metadata: { finalizers: rest.length > 0 ? rest : null } },
        { type: "merge" },
      )
  },
})
