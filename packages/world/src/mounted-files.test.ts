/** Files out of ConfigMaps and Secrets: their modes, what follows a change, and what was mounted by subPath and does not. */
import { expect, test } from "vitest"
import { createWorld } from "./create-world.ts"
import type { ScriptResult } from "./contract.ts"

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  containers:
    - name: reader
      image: busybox
      command: [sleep, "36000"]
      volumeMounts:
        - {name: settings, mountPath: /settings}
        - {name: settings, mountPath: /one/color, subPath: color}
        - {name: vault, mountPath: /vault}
  volumes:
    - {name: settings, configMap: {name: settings, items: [{key: color, path: color}, {key: size, path: size, mode: 0600}]}}
    - {name: vault, secret: {secretName: vault, defaultMode: 0400}}
`

test("modes are the volume's or the item's; a change reaches the directory and not a subPath", () => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed: "files", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const bash = (script: string): string => {
    let result: ScriptResult | undefined
    world.script({ script, timeout: 300_000 }, (done) => {
      result = done
    })
    while (!result) world.run({ until: world.sim.now() + 1_000 })
    return `${result.stdout}${result.stderr}`
  }
  bash(`
kubectl create configmap settings --from-literal=color=blue --from-literal=size=9
kubectl create secret generic vault --from-literal=password=x
kubectl apply -f - <<'EOF'
${POD}
EOF
kubectl wait --for=condition=Ready pod/reader --timeout=60s`)
  const modes = "kubectl exec reader -- stat -L -c '%a %n' /settings/color /settings/size /one/color /vault/password"
  expect(bash(modes)).toBe("644 /settings/color\n600 /settings/size\n644 /one/color\n400 /vault/password\n")
  bash(`kubectl patch configmap settings -p '{"data":{"color":"green"}}'; sleep 120`)
  expect(bash("kubectl exec reader -- cat /settings/color; echo; kubectl exec reader -- cat /one/color")).toBe("green\nblue")
})

test("a StatefulSet's containers may mount what its claim templates name", () => {
  const world = createWorld({ topology: "kubeadm-1node", seed: "claims", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  let said = ""
  world.script(
    {
      script: `kubectl apply -f - <<'EOF'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: redis, volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
    - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
EOF`,
      timeout: 60_000,
    },
    ({ stdout, stderr }) => {
      said = `${stdout}${stderr}`
    },
  )
  world.run({ until: world.sim.now() + 5_000 })
  expect(said).toBe("statefulset.apps/db created\n")
})
