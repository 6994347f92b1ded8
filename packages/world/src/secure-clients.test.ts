/** curl, wget and openssl s_client against the servers of a cluster: who is trusted, and what is said of whom is not. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const bash = bashIn(bootedWorld())
const CA = "/etc/kubernetes/pki/ca.crt"

test.each([
  ["curl -sS https://172.30.1.2:6443/healthz 2>&1 | head -1", "curl: (60) SSL certificate problem: unable to get local issuer certificate"],
  [`curl -sS --cacert ${CA} https://172.30.1.2:6443/healthz`, "ok"],
  ["curl -sk https://172.30.1.2:6443/healthz", "ok"],
  [
    `curl -sS --cacert ${CA} --resolve other:6443:172.30.1.2 https://other:6443/healthz 2>&1 | head -1`,
    "curl: (60) SSL: no alternative certificate subject name matches target host name 'other'",
  ],
  [
    "curl -sS --cacert /etc/kubernetes/pki/etcd/ca.crt https://172.30.1.2:6443/ 2>&1 | head -1",
    "curl: (60) SSL certificate problem: unable to get local issuer certificate",
  ],
  [
    "curl -sS https://172.30.1.2:10250/healthz 2>&1 | head -1",
    "curl: (60) SSL certificate problem: self-signed certificate in certificate chain",
  ],
  ["curl -sS https://127.0.0.1:10248/", "curl: (35) OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number"],
  [
    `curl -s --cacert ${CA} -w '%{http_code} %{http_version} %{ssl_verify_result} %{scheme}' -o /dev/null https://172.30.1.2:6443/livez`,
    "200 2 0 HTTPS",
  ],
  [
    "wget https://172.30.1.2:6443/healthz 2>&1 | tail -3",
    "ERROR: cannot verify 172.30.1.2's certificate, issued by ‘CN=kubernetes’:\n  Unable to locally verify the issuer's authority.\nTo connect to 172.30.1.2 insecurely, use `--no-check-certificate'.",
  ],
  ["wget -qO- --no-check-certificate https://172.30.1.2:6443/healthz", "ok"],
  [
    "openssl s_client -connect 172.30.1.2:6443 </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer",
    "subject=CN = kube-apiserver\nissuer=CN = kubernetes",
  ],
  [
    `openssl s_client -connect 172.30.1.2:6443 -CAfile ${CA} </dev/null 2>&1 | grep -e 'verify return' -e 'Verify return' -e depth`,
    "depth=1 CN = kubernetes\nverify return:1\ndepth=0 CN = kube-apiserver\nverify return:1\nVerify return code: 0 (ok)",
  ],
  [
    "openssl s_client -connect 172.30.1.2:6443 -brief </dev/null 2>&1 | grep -i verif",
    "verify error:num=20:unable to get local issuer certificate\nverify error:num=21:unable to verify the first certificate\nVerification error: unable to verify the first certificate",
  ],
  [
    "openssl s_client -connect controlplane:2379 </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer",
    "subject=CN = controlplane\nissuer=CN = etcd-ca",
  ],
  ["openssl s_client -connect 172.30.1.2:6443 -verify_return_error </dev/null >/dev/null 2>&1; echo $?", "1"],
  ["openssl s_client -connect 127.0.0.1:9 </dev/null 2>&1 | tail -1", "connect:errno=111"],
  ["printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -connect 172.30.1.2:6443 2>/dev/null | tail -1", "ok"],
  [
    `cp ${CA} /usr/local/share/ca-certificates/cluster.crt; update-ca-certificates 2>&1 | head -3; curl -sS https://172.30.1.2:6443/healthz`,
    "Updating certificates in /etc/ssl/certs...\nrehash: warning: skipping ca-certificates.crt,it does not contain exactly one certificate or CRL\n1 added, 0 removed; done.\nok",
  ],
])("%s", (command, shows) => {
  expect(bash(command)).toBe(shows)
})

test("the hash that a join is given is that of the authority's public key", () => {
  const hash = bash(`openssl x509 -pubkey -in ${CA} | openssl pkey -pubin -outform der | openssl dgst -sha256 -hex | sed 's/^.* //'`)
  expect(bash("kubeadm token create --print-join-command")).toContain(`--discovery-token-ca-cert-hash sha256:${hash}`)
})
