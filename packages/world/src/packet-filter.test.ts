/** The packet filter: kube-proxy's rules as iptables shows them, and a learner's own, which bite. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const bash = bashIn(bootedWorld())

test("iptables-save shows what kube-proxy programs, in chains named as upstream names them", () => {
  bash(`kubectl create deployment web --image=nginx --replicas=2 && kubectl expose deployment web --port=80 --type=NodePort
kubectl patch svc web --type=json -p '[{"op":"replace","path":"/spec/ports/0/nodePort","value":30080},{"op":"add","path":"/spec/sessionAffinity","value":"ClientIP"}]'
kubectl create service clusterip none --tcp=80; sleep 30`)
  expect(bash("iptables-save -t nat | grep -e default/kubernetes")).toBe(
    `-A KUBE-SEP-D23ODROEH5R4FSGE -s 172.30.1.2/32 -m comment --comment default/kubernetes:https -j KUBE-MARK-MASQ
-A KUBE-SEP-D23ODROEH5R4FSGE -p tcp -m comment --comment default/kubernetes:https -m tcp -j DNAT --to-destination 172.30.1.2:6443
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
-A KUBE-SVC-NPX46M4PTMTKRN6Y ! -s 10.244.0.0/16 -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-MARK-MASQ
-A KUBE-SVC-NPX46M4PTMTKRN6Y -m comment --comment "default/kubernetes:https -> 172.30.1.2:6443" -j KUBE-SEP-D23ODROEH5R4FSGE`,
  )
  expect(bash("iptables-save | grep -c ':KUBE-SEP-'")).toBe("9")
  expect(bash("iptables-save | grep -e KUBE-SVC-TCOU7JCQXEZGVUNU | grep -c -e '--probability 0.50000000000'")).toBe("1")
  expect(bash("iptables-save | grep -e '--dport 30080'")).toBe(
    "-A KUBE-NODEPORTS -p tcp -m comment --comment default/web -m tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G",
  )
  expect(bash("iptables-save | grep -c -e '-m recent --rcheck --seconds 10800 --reap'")).toBe("2")
  expect(bash("iptables -nL KUBE-SERVICES | tail -1 | tr -s ' ' | sed 's/10[.][0-9.]*/IP/'")).toBe(
    "REJECT 6 -- 0.0.0.0/0 IP /* default/none:80 has no endpoints */ tcp dpt:80 reject-with icmp-port-unreachable",
  )
  expect(bash("kubectl scale deployment web --replicas=0; sleep 10; iptables-save | grep -c -e 'default/web has no endpoints'")).toBe(
    "deployment.apps/web scaled\n2",
  )
})

test("a rule that drops the API server's port takes the API away, also from the other node, and its deletion gives it back", () => {
  expect(bash("iptables -A INPUT -p tcp --dport 6443 -j DROP; timeout 3 kubectl get nodes; echo $?; iptables -S INPUT | tail -1")).toBe(
    "124\n-A INPUT -p tcp -m tcp --dport 6443 -j DROP",
  )
  expect(bash("sleep 60; nc -z -w 1 172.30.1.2 6443; echo $?; nc -z -w 1 172.30.1.2 22; echo $?", "node01")).toBe("1\n0")
  bash("iptables -D INPUT -p tcp --dport 6443 -j DROP")
  expect(bash("kubectl get nodes -o name")).toBe("node/controlplane\nnode/node01")
  expect(bash("iptables -I INPUT -p tcp --dport 6443 -j REJECT; kubectl get nodes; iptables -F INPUT; kubectl get nodes -o name")).toBe(
    "node/controlplane\nnode/node01\nThe connection to the server 172.30.1.2:6443 was refused - did you specify the right host or port?",
  )
})

test("what is wrong with a rule is said as iptables says it", () => {
  expect(bash("iptables -A INPUT -j NOPE; echo $?; iptables -A NOPE -j DROP; echo $?; iptables -D INPUT -p tcp -j DROP; echo $?")).toBe(
    `2
1
1
iptables v1.8.10 (nf_tables): Chain 'NOPE' does not exist
Try \`iptables -h' or 'iptables --help' for more information.
iptables: No chain/target/match by that name.
iptables: Bad rule (does a matching rule exist in that chain?).`,
  )
  expect(bash("su ubuntu -c 'iptables -L'")).toContain("Permission denied (you must be root)")
})
