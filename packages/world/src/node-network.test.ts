/** A node's view of the network: links, routes, names, and whose ports are whose. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const bash = bashIn(bootedWorld())

test("a node sees its Pods' bridge and the ways to other nodes, and enters a Pod's network", () => {
  expect(bash("ip r")).toBe(
    `default via 172.30.1.1 dev enp1s0 
10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1 
10.244.1.0/24 via 172.30.2.2 dev enp1s0 
172.30.1.0/24 dev enp1s0 proto kernel scope link src 172.30.1.2`,
  )
  expect(bash("ip -br link | cut -c1-30")).toMatch(/^lo +UNKNOWN +\nenp1s0 +UP +\ncni0 +UP +\nveth\w{8}@if2 +UP/)
  const address = bash("kubectl get pods -n kube-system -o wide --no-headers | awk '/coredns.*controlplane/ {print $6}'")
  expect(bash("ip netns exec $(ip netns | cut -d' ' -f1) ip -br a | tail -1 | awk '{print $3}'")).toBe(`${address}/24`)
  expect(bash("nsenter -t $(pidof coredns) -n hostname; nsenter -t $(pidof coredns) -n curl -s localhost:8080/health")).toBe(
    "controlplane\nOK",
  )
  expect(bash("nsenter -t 99999 -n ls; ip netns exec nope ls")).toBe(
    'nsenter: cannot open /proc/99999/ns/net: No such file or directory\nCannot open network namespace "nope": No such file or directory',
  )
})

test("dig asks the server that it is given, and tells an absent name from a silent server", () => {
  expect(bash("dig +short kubernetes.default.svc.cluster.local @10.96.0.10; dig +short -x 10.96.0.1 @10.96.0.10")).toBe(
    "10.96.0.1\nkubernetes.default.svc.cluster.local.",
  )
  expect(bash("dig nope.svc.cluster.local @10.96.0.10 | grep -E 'status|SOA' | sed 's/id.*//'")).toBe(
    `;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, 
cluster.local.		30	IN	SOA	ns.dns.cluster.local. hostmaster.cluster.local. 1767600000 7200 1800 86400 30`,
  )
  expect(bash("dig +noall +answer kubernetes.default.svc.cluster.local @10.96.0.10")).toBe(
    "kubernetes.default.svc.cluster.local. 30 IN A	10.96.0.1",
  )
  expect(bash("dig +short +tries=1 foo @10.99.99.99; echo $?")).toBe(
    ";; communications error to 10.99.99.99#53: timed out\n;; no servers could be reached\n9",
  )
  expect(bash("nslookup kubernetes.default.svc.cluster.local 10.96.0.10 | tail -3")).toBe(
    "Name:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1",
  )
})

test("ports belong to the processes that the node's ps shows, containers' included", () => {
  expect(bash("ss -tlnp 'sport = :6443' | tail -1 | tr -s ' '; pidof kube-apiserver").replace(/\d{3}/g, "PID")).toBe(
    'LISTEN 0 PID6 *:PID3 *:* users:(("kube-apiserver",pid=PID,fd=3))\nPID',
  )
  expect(bash("lsof -t -i :2379; pidof etcd").split("\n")[0]).toBe(bash("pidof etcd"))
  expect(bash("netstat -tlnp | grep ':10249 ' | tr -s ' ' | sed 's#[0-9]*/##'")).toBe("tcp 0 0 127.0.0.1:10249 0.0.0.0:* LISTEN kube-proxy")
  expect(bash("curl -s localhost:10249/proxyMode")).toBe("iptables")
})
