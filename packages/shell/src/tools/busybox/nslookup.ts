/** nslookup as busybox has it since 1.29: it asks the server itself, once for each search domain and type. As busybox's networking/nslookup.c. */
import { type DnsRecord, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"

const TYPES = /^-(?:query|querytype|type|qt|q)=(\w+)$/i

function* ask(process: Process, name: string, type: DnsRecord["type"]): Steps<readonly DnsRecord[] | "silent"> {
  try {
    return yield* process.network.lookup(`${name}.`, type)
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === "EINTR") throw error
    return "silent"
  }
}

const shown = ({ name, type, value, port }: DnsRecord): string => {
  const bare = name.replace(/\.$/, "")
  if (type === "CNAME") return `${bare}\tcanonical name = ${value.replace(/\.$/, "")}\n`
  if (type === "PTR") return `${bare}\tname = ${value.replace(/\.$/, "")}\n`
  if (type === "SRV") return `${bare}\tservice = 0 100 ${port ?? 0} ${value.replace(/\.$/, "")}\n`
  return `Name:\t${bare}\nAddress: ${value}\n`
}

export const busyboxNslookup = defineTool({
  name: "nslookup",
  busybox: true,
  plain: true,
  summary: "Query DNS about HOST",
  *run(process, args) {
    const words = args.filter((word) => !word.startsWith("-"))
    const type = args.map((word) => TYPES.exec(word)?.[1]?.toUpperCase()).find(Boolean)
    const [name, given] = words
    if (name === undefined) {
      yield* process.error("BusyBox v1.37.0 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n")
      return 1
    }
    const conf = process.files.exists("/etc/resolv.conf") ? process.files.readText("/etc/resolv.conf") : ""
    const server = given ?? /^nameserver\s+(\S+)/m.exec(conf)?.[1] ?? "127.0.0.1"
    const reverse = /^\d+(\.\d+){3}$/.test(name)
    const types = (type ? [type] : reverse ? ["PTR"] : ["A", "AAAA"]) as DnsRecord["type"][]
    const search = /^search\s+(.+)$/m.exec(conf)?.[1].trim().split(/\s+/) ?? []
    const full = reverse ? `${name.split(".").reverse().join(".")}.in-addr.arpa` : name.replace(/\.$/, "")
    const names = reverse || full.includes(".") || search.length === 0 ? [full] : search.map((domain) => `${full}.${domain}`)
    let failed = false
    let text = `Server:\t\t${server}\nAddress:\t${server}:53\n\n`
    for (const one of types)
      for (const candidate of names) {
        const records = yield* ask(process, candidate, one)
        if (records === "silent") {
          yield* process.print(";; connection timed out; no servers could be reached\n\n")
          return 1
        }
        if (records.length > 0) text += `${records.map(shown).join("")}\n`
        else if (one !== "AAAA" || (yield* ask(process, candidate, "A")).length === 0) {
          failed = true
          text += `** server can't find ${candidate}: NXDOMAIN\n\n`
        } else text += "\n"
      }
    yield* process.print(text)
    return failed && names.length === 1 ? 1 : 0
  },
})
