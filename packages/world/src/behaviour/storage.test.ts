/** Volumes from claim to reclaim: what binds, what waits, what grows, what is kept. As pkg/controller/volume, the scheduler's plugins and CSI's sidecars. */
import { apply, behaves } from "../testing/behaviour.ts"

const volume = (name: string, size: string, more = ""): string =>
  `apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: ${name}}\nspec: {capacity: {storage: ${size}}, accessModes: [ReadWriteOnce], hostPath: {path: /data/${name}}, storageClassName: manual${more}}`
const claim = (name: string, size: string, more = "storageClassName: manual"): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: ${name}}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: ${size}}}, ${more}}`
const user = (name: string, of: string, more = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {terminationGracePeriodSeconds: 0, ${more}containers: [{name: c, image: busybox, command: [sleep, '9999'], volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, persistentVolumeClaim: {claimName: ${of}}}]}`
const all = (...manifests: string[]): string => apply(manifests.join("\n---\n"))
const STATE = `kubectl get pv,pvc --no-headers -o custom-columns=K:.kind,N:.metadata.name,S:.status.phase,C:.status.capacity.storage,P:.spec.persistentVolumeReclaimPolicy 2>&1`

behaves([
  {
    title: "a claim takes the smallest volume that fits, waits without one, and what it leaves is kept, recycled or gone",
    steps: [
      {
        run: all(
          volume("big", "10Gi"),
          volume("small", "2Gi"),
          volume("gone", "1Gi", ", persistentVolumeReclaimPolicy: Delete"),
          claim("two", "2Gi"),
          claim("one", "1Gi"),
          claim("huge", "50Gi"),
          claim("many", "1Gi", "storageClassName: manual, volumeName: big"),
        ),
      },
      {
        after: 20,
        run: STATE,
        shows:
          "PersistentVolume big Bound <none> Retain\nPersistentVolume gone Bound <none> Delete\nPersistentVolume small Bound <none> Retain\nPersistentVolumeClaim huge Pending <none> <none>\nPersistentVolumeClaim many Bound 10Gi <none>\nPersistentVolumeClaim one Bound 1Gi <none>\nPersistentVolumeClaim two Bound 2Gi <none>",
      },
      { events: { about: "huge", shows: ['Warning ProvisioningFailed: storageclass.storage.k8s.io "manual" not found'] } },
      { run: "kubectl delete pvc two one --wait=false >/dev/null" },
      {
        after: 20,
        run: STATE,
        shows:
          "PersistentVolume big Bound <none> Retain\nPersistentVolume gone Failed <none> Delete\nPersistentVolume small Released <none> Retain\nPersistentVolumeClaim huge Pending <none> <none>\nPersistentVolumeClaim many Bound 10Gi <none>",
      },
      {
        run: 'kubectl patch pv small -p \'{"spec":{"claimRef":null}}\' >/dev/null; sleep 3; kubectl get pv small --no-headers -o custom-columns=S:.status.phase',
        shows: "Available",
      },
      {
        run: "kubectl delete pv big --wait=false; sleep 2; kubectl get pv big -o jsonpath='{.status.phase} {.metadata.finalizers}'",
        shows: 'persistentvolume "big" deleted\nBound ["kubernetes.io/pv-protection"]',
      },
    ],
  },
  {
    title: "a volume that a Pod uses stays until the Pod is gone",
    steps: [
      { run: all(volume("p", "1Gi"), claim("c", "1Gi"), user("u", "c")) },
      {
        after: 10,
        run: "kubectl delete pvc c --wait=false; sleep 2; kubectl get pvc c --no-headers | awk '{print $2}'; kubectl describe pvc c | grep 'Used By'",
        shows: 'persistentvolumeclaim "c" deleted from default namespace\nTerminating\nUsed By: u',
      },
      {
        run: "kubectl delete pod u >/dev/null; sleep 3; kubectl get pvc c",
        shows: 'Error from server (NotFound): persistentvolumeclaims "c" not found',
      },
    ],
  },
  {
    title: "a class provisions: at once, or for the first who uses it, on the node of that Pod; data lives as long as the claim",
    world: { addons: ["local-path"] },
    steps: [
      { run: all(claim("later", "1Gi", "storageClassName: local-path")) },
      { after: 10, run: "kubectl get pvc later --no-headers | awk '{print $2}'", shows: "Pending" },
      { events: { about: "later", shows: ["Normal WaitForFirstConsumer: waiting for first consumer to be created before binding"] } },
      { run: all(user("u", "later", "nodeSelector: {kubernetes.io/hostname: node01}, ")) },
      {
        watch: {
          of: "/api/v1/namespaces/default/persistentvolumeclaims",
          columns: ["Name", "Status", "Capacity"],
          shows: ["0s later Pending", "2s later Bound 1Gi"],
        },
      },
      { after: 5, run: "kubectl exec u -- sh -c 'echo kept > /v/file'; kubectl delete pod u >/dev/null", shows: "" },
      { run: all(user("again", "later")) },
      {
        after: 10,
        run: 'kubectl exec again -- cat /v/file; kubectl get pod again -o jsonpath=\'{.spec.nodeName}\'; kubectl patch pvc later -p \'{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}\' 2>&1',
        shows:
          'kept\nnode01Error from server (Forbidden): persistentvolumeclaims "later" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      },
      {
        run: "kubectl delete pod again >/dev/null; kubectl delete pvc later >/dev/null; sleep 8; kubectl get pv 2>&1; ls /opt/local-path-provisioner 2>&1 | wc -l",
        shows: "No resources found\n1",
      },
      {
        run: all(
          claim("none", "1Gi", "storageClassName: nope"),
          "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: far}\nprovisioner: example.com/far",
          claim("far", "1Gi", "storageClassName: far"),
        ),
      },
      { after: 20, events: { about: "none", shows: ['Warning ProvisioningFailed: storageclass.storage.k8s.io "nope" not found'] } },
      {
        events: {
          about: "far",
          shows: [
            "Normal ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com/far' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
          ],
        },
      },
    ],
  },
  {
    title: "a CSI driver provisions, grows, clones, snapshots and restores",
    world: { addons: ["csi-hostpath"] },
    steps: [
      { run: all(claim("src", "1Gi", "storageClassName: csi-hostpath-sc"), user("w", "src")) },
      {
        after: 15,
        run: "kubectl exec w -- sh -c 'echo first > /v/file'; kubectl get pvc src --no-headers | awk '{print $2, $4}'",
        shows: "Bound 1Gi",
      },
      {
        run: 'kubectl patch pvc src -p \'{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}\' >/dev/null; sleep 5; kubectl get pvc src --no-headers | awk \'{print $2, $4}\'; kubectl patch pvc src -p \'{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}\' 2>&1',
        shows:
          'Bound 3Gi\nThe PersistentVolumeClaim "src" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
      },
      {
        run: apply(
          "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: snap}\nspec: {volumeSnapshotClassName: csi-hostpath-snapclass, source: {persistentVolumeClaimName: src}}",
        ),
      },
      {
        after: 5,
        run: "kubectl get volumesnapshot snap --no-headers | awk '{print $1, $2, $3, $4, $5}'; kubectl get vsc --no-headers | awk '{print $2, $3, $4, $5, $6, $7, $8}'; kubectl exec w -- sh -c 'echo second > /v/file'",
        shows: "snap true src 3Gi csi-hostpath-snapclass\ntrue 3221225472 Delete hostpath.csi.k8s.io csi-hostpath-snapclass snap default",
      },
      {
        events: {
          about: "snap",
          shows: [
            "Normal CreatingSnapshot: Waiting for a snapshot default/snap to be created by the CSI driver.",
            "Normal SnapshotCreated: Snapshot default/snap was successfully created by the CSI driver.",
            "Normal SnapshotReady: Snapshot default/snap is ready to use.",
          ],
        },
      },
      {
        run: all(
          claim(
            "restored",
            "3Gi",
            "storageClassName: csi-hostpath-sc, dataSource: {name: snap, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}",
          ),
          claim("clone", "3Gi", "storageClassName: csi-hostpath-sc, dataSource: {name: src, kind: PersistentVolumeClaim}"),
          claim(
            "less",
            "1Gi",
            "storageClassName: csi-hostpath-sc, dataSource: {name: snap, kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io}",
          ),
          user("r", "restored"),
          user("k", "clone"),
        ),
      },
      {
        after: 15,
        run: "kubectl exec r -- cat /v/file; kubectl exec k -- cat /v/file; kubectl get pvc less --no-headers | awk '{print $2}'",
        shows: "first\nsecond\nPending",
      },
      {
        run: "kubectl delete volumesnapshot snap >/dev/null; sleep 3; kubectl get vsc 2>&1; kubectl delete pod r >/dev/null; kubectl delete pvc restored >/dev/null; sleep 5; kubectl get pv --no-headers | wc -l",
        shows: "No resources found\n2",
      },
    ],
  },
  {
    title: "ReadWriteOncePod is for one Pod; a volume of another node keeps its Pod there, or Pending",
    steps: [
      {
        run: all(
          volume("p", "1Gi").replace("ReadWriteOnce", "ReadWriteOncePod"),
          claim("c", "1Gi").replace("ReadWriteOnce", "ReadWriteOncePod"),
          user("first", "c"),
        ),
      },
      { after: 10, run: all(user("second", "c")) },
      { after: 5, run: "kubectl get pods --no-headers | awk '{print $1, $3}'", shows: "first Running\nsecond Pending" },
      {
        events: {
          about: "second",
          shows: [
            "Warning FailedScheduling: 0/2 nodes are available: 1 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
          ],
        },
      },
      {
        run: all(
          `apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: local}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], local: {path: /mnt}, storageClassName: loc, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [controlplane]}]}]}}}`,
          claim("loc", "1Gi", "storageClassName: loc"),
          user("stuck", "loc"),
        ),
      },
      {
        after: 5,
        events: {
          about: "stuck",
          shows: ["Warning FailedScheduling: 0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"],
        },
      },
    ],
  },
])
