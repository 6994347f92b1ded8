/** Files out of ConfigMaps and Secrets: their modes, what follows a change, and what was mounted by subPath and does not. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

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
  const bash = bashIn(bootedWorld({ seed: "files" }))
  bash(`
kubectl create configmap settings --from-literal=color=blue --from-literal=size=9
kubectl create secret generic vault --from-literal=password=x
kubectl apply -f - <<'EOF'
${POD}
EOF
kubectl wait --for=condition=Ready pod/reader --timeout=60s`)
  const modes = "kubectl exec reader -- stat -L -c '%a %n' /settings/color /settings/size /one/color /vault/password"
  expect(bash(modes)).toBe("644 /settings/color\n600 /settings/size\n644 /one/color\n400 /vault/password")
  bash(`kubectl patch configmap settings -p '{"data":{"color":"green"}}'; sleep 120`)
  expect(bash("kubectl exec reader -- cat /settings/color; echo; kubectl exec reader -- cat /one/color")).toBe("green\nblue")
})

test("a StatefulSet's containers may mount what its claim templates name", () => {
  const said = bashIn(bootedWorld({ topology: "kubeadm-1node", seed: "claims" }))(`kubectl apply -f - <<'EOF'
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
EOF`)
  expect(said).toBe("statefulset.apps/db created")
})
