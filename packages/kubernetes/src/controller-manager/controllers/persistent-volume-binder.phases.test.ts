import { expect, test } from "vitest"
import type { PersistentVolume, PersistentVolumeClaim, Pod } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const volume = (name: string, storage: string, spec: Record<string, unknown> = {}) => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name },
  spec: { storageClassName: "manual", capacity: { storage }, accessModes: ["ReadWriteOnce"], hostPath: { path: `/${name}` }, ...spec },
})
const claim = (name: string, spec: Record<string, unknown> = {}) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: { storageClassName: "manual", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "3Gi" } }, ...spec },
})
const user = (name: string, claimName: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { containers: [{ name: "c", image: "nginx" }], volumes: [{ name: "v", persistentVolumeClaim: { claimName } }] },
})
const CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
const PODS = "/api/v1/namespaces/default/pods"

test("a claim takes the smallest volume that fits, and the volume is released with it", () => {
  const { apply, run, get, request } = hollowCluster(["a"])
  apply(volume("small", "2Gi"))
  apply(volume("large", "20Gi"))
  apply(volume("fitting", "5Gi"))
  run(100)
  expect(get<PersistentVolume>("/api/v1/persistentvolumes/small").status.phase).toBe("Available")
  apply(claim("data"))
  run(100)
  const bound = get<PersistentVolumeClaim>(`${CLAIMS}/data`)
  expect(bound.spec.volumeName).toBe("fitting")
  expect(bound.status).toEqual({ phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "5Gi" } })
  expect(bound.metadata.finalizers).toEqual(["kubernetes.io/pvc-protection"])
  const own = get<PersistentVolume>("/api/v1/persistentvolumes/fitting")
  expect(own.spec.claimRef).toMatchObject({ kind: "PersistentVolumeClaim", namespace: "default", name: "data", uid: bound.metadata.uid })
  apply(user("holder", "data"))
  run(5_000)
  request("DELETE", `${CLAIMS}/data`)
  run(5_000)
  expect(get<PersistentVolumeClaim>(`${CLAIMS}/data`).metadata.deletionTimestamp).toBeDefined()
  request("DELETE", `${PODS}/holder`, { gracePeriodSeconds: 0 })
  run(5_000)
  expect(request("GET", `${CLAIMS}/data`).status).toBe(404)
  expect(get<PersistentVolume>("/api/v1/persistentvolumes/fitting").status.phase).toBe("Released")
})

test("what a claim waits for is told, and its Pod waits with it", () => {
  const { apply, run, get, told } = hollowCluster(["a"])
  apply(claim("none", { storageClassName: "" }))
  apply(claim("unknown", { storageClassName: "gold" }))
  apply({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "later" },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
  })
  run(100)
  apply(claim("later", { storageClassName: "later" }))
  apply(user("early", "none"))
  run(1_000)
  expect(told("none")).toEqual(["FailedBinding: no persistent volumes available for this claim and no storage class is set"])
  expect(told("unknown")).toEqual(['ProvisioningFailed: storageclass.storage.k8s.io "gold" not found'])
  expect(told("later")).toEqual(["WaitForFirstConsumer: waiting for first consumer to be created before binding"])
  expect(told("early")).toEqual(["FailedScheduling: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"])
  apply(user("consumer", "later"))
  run(1_000)
  expect(told("consumer")[0]).toMatch(/node\(s\) didn't find available persistent volumes to bind/)
  apply(volume("for-later", "5Gi", { storageClassName: "later" }))
  apply(volume("for-none", "5Gi", { storageClassName: "" }))
  run(20_000)
  expect(get<Pod>(`${PODS}/consumer`).status.phase).toBe("Running")
  expect(get<Pod>(`${PODS}/early`).status.phase).toBe("Running")
  expect(get<PersistentVolumeClaim>(`${CLAIMS}/later`).spec.volumeName).toBe("for-later")
})
