/** Claims that stay Pending, Pods that wait for them, volumes that do not let go. As pkg/controller/volume and the scheduler's VolumeBinding. */
import { apply, behaves } from "../testing/behaviour.ts"

const volume = (name: string, more = ""): string =>
  `apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: ${name}}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data/${name}}, storageClassName: manual${more}}`
const claim = (name: string, spec: string, size = "1Gi", mode = "ReadWriteOnce"): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: ${name}}\nspec: {accessModes: [${mode}], resources: {requests: {storage: ${size}}}${spec}}`
const pod = (name: string, volumes: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, ${volumes}}]}`
const all = (...manifests: string[]): string => apply(manifests.join("\n---\n"))
const CLAIMS = "kubectl get pvc --no-headers | awk '{print $1, $2}'"
const EVENTS = (kind: string): string =>
  `kubectl get events --field-selector involvedObject.kind=${kind} -o jsonpath='{range .items[*]}{.involvedObject.name} {.type} {.reason}: {.message}{"\\n"}{end}' | sort -u`

behaves([
  {
    title: "a claim that stays Pending: no class, none of that name, too big, another mode, a volume that does not fit or is another's",
    steps: [
      {
        run: all(
          volume("free"),
          volume("taken"),
          "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: local}\nprovisioner: kubernetes.io/no-provisioner",
          "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: far}\nprovisioner: example.com/disk",
          claim("first", ", storageClassName: manual, volumeName: taken"),
        ),
      },
      {
        after: 3,
        run: all(
          claim("none", ""),
          claim("big", ", storageClassName: manual", "10Gi"),
          claim("mode", ", storageClassName: manual", "1Gi", "ReadWriteMany"),
          claim("small", ", storageClassName: manual, volumeName: free", "5Gi"),
          claim("class", ", storageClassName: other, volumeName: free"),
          claim("access", ", storageClassName: manual, volumeName: free", "1Gi", "ReadWriteMany"),
          claim("block", ", storageClassName: manual, volumeName: free, volumeMode: Block"),
          claim("other", ", storageClassName: manual, volumeName: taken"),
          claim("missing", ", storageClassName: manual, volumeName: nope"),
          claim("intree", ", storageClassName: local"),
          claim("external", ", storageClassName: far"),
        ),
      },
      {
        after: 5,
        run: CLAIMS,
        shows:
          "access Pending\nbig Pending\nblock Pending\nclass Pending\nexternal Pending\nfirst Bound\nintree Pending\nmissing Pending\nmode Pending\nnone Pending\nother Pending\nsmall Pending",
      },
      {
        run: EVENTS("PersistentVolumeClaim"),
        shows:
          'access Warning VolumeMismatch: Cannot bind to requested volume "free": incompatible accessMode\nbig Warning ProvisioningFailed: storageclass.storage.k8s.io "manual" not found\nblock Warning VolumeMismatch: Cannot bind to requested volume "free": incompatible volumeMode\nclass Warning VolumeMismatch: Cannot bind to requested volume "free": storageClassName does not match\nexternal Normal ExternalProvisioning: Waiting for a volume to be created either by the external provisioner \'example.com/disk\' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.\nintree Warning ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner\nmode Warning ProvisioningFailed: storageclass.storage.k8s.io "manual" not found\nnone Normal FailedBinding: no persistent volumes available for this claim and no storage class is set\nsmall Warning VolumeMismatch: Cannot bind to requested volume "free": requested PV is too small',
      },
    ],
  },
  {
    title: "a Pod that waits for its claim, for one that is not there, for one of its own",
    steps: [
      {
        run: all(
          claim("pending", ", storageClassName: nope"),
          pod("waits", "persistentVolumeClaim: {claimName: pending}"),
          pod("missing", "persistentVolumeClaim: {claimName: nope}"),
          pod(
            "own",
            "ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b}}, spec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}",
          ),
        ),
      },
      {
        after: 5,
        run: `kubectl get pods --no-headers | awk '{print $1, $3}'; ${EVENTS("Pod")}`,
        shows:
          'missing Pending\nown Pending\nwaits Pending\nmissing Warning FailedScheduling: 0/2 nodes are available: persistentvolumeclaim "nope" not found. not found\nown Warning FailedScheduling: 0/2 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "own-v". not found\nwaits Warning FailedScheduling: 0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
      },
      {
        run: `${all(volume("late"))}sleep 20; kubectl get pod own --no-headers | awk '{print $2, $3}'; kubectl get pvc own-v --no-headers --show-labels | awk '{print $1, $2, $3, $NF}'; kubectl get pvc own-v -o jsonpath='{.metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].name}'; echo; kubectl delete pod own >/dev/null; sleep 5; kubectl get pvc own-v; kubectl get pv late --no-headers | awk '{print $5}'`,
        shows:
          '1/1 Running\nown-v Bound late a=b\nPod own\nReleased\nError from server (NotFound): persistentvolumeclaims "own-v" not found',
      },
      {
        run: `${all(claim("own-v", ", storageClassName: manual"), pod("own", "ephemeral: {volumeClaimTemplate: {spec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}"))}sleep 5; kubectl get pod own -o jsonpath='{.status.conditions[?(@.type=="PodScheduled")].message}'`,
        shows: "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
      },
    ],
  },
])
