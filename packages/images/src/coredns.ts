/** coredns: answers names of the cluster, and forwards the rest. */
import { askServer, type DnsRecord, type Namespace } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

export const coredns = defineImage({
  repository: "registry.k8s.io/coredns/coredns",
  tags: ["v1.13.1", "v1.*"],
  sizeBytes: 23_600_000,
  idle: { memory: 14 * 1024 ** 2, cpu: 2 },
  entrypoint: ["/coredns"],
  components: {
    "/coredns": ({ cluster }) =>
      function* (process) {
        const conf = process.argv[process.argv.indexOf("-conf") + 1] ?? "Corefile"
        if (!process.files.exists(conf)) {
          yield* process.error(`loading Caddyfile via flag: open ${conf}: no such file or directory\n`)
          return 1
        }
        const corefile = process.files.readText(conf)
        yield* process.print(
          ".:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.13.1\nlinux/amd64, go1.25.5, 1db4568\n",
        )
        const running = cluster.startCoreDns()
        const network = process.network as Namespace
        const upstream = [
          ...(process.files.exists("/etc/resolv.conf") ? process.files.readText("/etc/resolv.conf") : "").matchAll(/^nameserver (\S+)/gm),
        ].map((match) => match[1])
        try {
          network.listen(53, { pid: process.pid, protocol: "udp" })
          network.listen(53, { pid: process.pid, protocol: "tcp" })
          network.serveDns(({ name, type }) => {
            const own = corefile.includes("kubernetes") ? running.answer(name, type) : undefined
            if (own !== undefined) return own as readonly DnsRecord[] | "NXDOMAIN"
            for (const server of upstream) {
              const answer = askServer(network, server, name, type)
              if (answer !== "silent" && answer !== "refused") return answer
            }
            return "SERVFAIL"
          })
          const ok = () => ({ status: 200, headers: {}, body: "OK" })
          network.serve(8080, ok, { pid: process.pid })
          network.serve(8181, () => (cluster.serving ? ok() : { status: 503, headers: {}, body: "kubernetes" }), { pid: process.pid })
          network.serve(
            9153,
            () => ({
              status: 200,
              headers: { "content-type": "text/plain" },
              body: 'coredns_build_info{goversion="go1.25.5",revision="1db4568",version="1.13.1"} 1\n',
            }),
            { pid: process.pid },
          )
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
          network.serveDns(undefined)
        }
      },
  },
})
