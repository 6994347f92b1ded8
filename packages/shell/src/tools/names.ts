/** dig, nslookup, host: questions to name servers. As bind9-dnsutils 9.18. */
import { type DnsRecord, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"

type RecordType = DnsRecord["type"]
type Answer = readonly DnsRecord[] | "NXDOMAIN" | "SERVFAIL" | "timeout" | "refused"

/** The first server and the search list of /etc/resolv.conf. */
const configuration = (process: Process): { server: string; search: readonly string[]; ndots: number } => {
  const text = process.files.access("/etc/resolv.conf", { read: true }) ? process.files.readText("/etc/resolv.conf") : ""
  return {
    server: /^nameserver\s+(\S+)/m.exec(text)?.[1] ?? "127.0.0.53",
    search: /^(?:search|domain)\s+(.*)$/m.exec(text)?.[1].split(/\s+/) ?? [],
    ndots: Number(/ndots:(\d+)/.exec(text)?.[1] ?? 1),
  }
}

const isAddress = (text: string): boolean => /^\d+(\.\d+){3}$/.test(text)
const reversed = (address: string): string => `${address.split(".").reverse().join(".")}.in-addr.arpa`

function* resolve(process: Process, name: string, type: RecordType): Steps<readonly DnsRecord[] | "timeout"> {
  try {
    return yield* process.network.lookup(name, type)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return "timeout"
  }
}

/** Asks one server for exactly this name, as often as `tries`. */
function* ask(process: Process, server: string, name: string, type: RecordType, tries = 3): Steps<Answer> {
  const { network } = process
  if (!network.ask) return yield* resolve(process, name, type)
  for (let attempt = 0; attempt < tries; attempt++) {
    const answer = yield* network.ask(server, name, type)
    if (answer !== "silent") return answer
  }
  return "timeout"
}

function* addressOfServer(process: Process, server: string): Steps<string | undefined> {
  if (isAddress(server)) return server
  const found = yield* resolve(process, server, "A")
  return found === "timeout" ? undefined : found[0]?.value
}

/** As dns_rdataset_totext: fields at columns of eight, a blank where the one before is too long. */
const fields = (cells: readonly string[], columns: readonly number[]): string => {
  let text = cells[0]
  let width = text.length
  for (const [at, cell] of cells.slice(1).entries()) {
    const target = columns[at]
    if (width >= target) {
      text += " "
      width++
    } else
      while (width < target) {
        text += "\t"
        width = (Math.floor(width / 8) + 1) * 8
      }
    text += cell
    width += cell.length
  }
  return text
}

const textOf = (record: DnsRecord): string =>
  record.type === "SRV"
    ? `0 100 ${record.port ?? 0} ${record.value}.`
    : record.type === "CNAME" || record.type === "PTR"
      ? `${record.value}.`
      : record.value

interface Question {
  readonly name: string
  readonly type: RecordType
}

export const dig = defineTool({
  name: "dig",
  plain: true,
  summary: "DNS lookup utility",
  *run(process, args) {
    const questions: Question[] = []
    let type: RecordType = "A"
    const on = new Set<string>()
    let at: string | undefined
    let tries = 3
    const { server, search, ndots } = configuration(process)
    for (let index = 0; index < args.length; index++) {
      const word = args[index]
      if (word.startsWith("+")) {
        const [name, value] = word.slice(1).split("=")
        if (name === "tries" || name === "retry") tries = Math.max(1, Number(value) + (name === "retry" ? 1 : 0) || 3)
        if (name.startsWith("no")) {
          on.delete(name.slice(2))
          on.add(name)
        } else on.add(name)
      } else if (word.startsWith("@")) at = word.slice(1)
      else if (word === "-t") type = (args[++index] ?? "A").toUpperCase() as RecordType
      else if (word === "-x") questions.push({ name: reversed(args[++index] ?? ""), type: "PTR" })
      else if (word === "-p" || word === "-b" || word === "-c") index++
      else if (word === "-q") questions.push({ name: args[++index] ?? ".", type: "A" })
      else if (word === "-v") {
        yield* process.error("DiG 9.18.39-0ubuntu0.24.04.1-Ubuntu\n")
        return 0
      } else if (word === "-4" || word === "-6" || word === "-m" || word === "-r") continue
      else if (word === "-h" || word.startsWith("-")) {
        yield* process.error(word === "-h" ? "" : `Invalid option: ${word}\n`)
        yield* process.print(
          'Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            {global-d-opt} host [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\nUse "dig -h" (or "dig -h | more") for complete list of options\n',
        )
        return word === "-h" ? 0 : 1
      } else if (/^(A|AAAA|CNAME|SRV|PTR|TXT|MX|NS|SOA|ANY|IN|CH)$/i.test(word)) {
        if (!/^(IN|CH)$/i.test(word)) type = word.toUpperCase() as RecordType
      } else questions.push({ name: word, type: "A" })
    }
    if (questions.length === 0) questions.push({ name: ".", type: "A" })
    const asked = yield* addressOfServer(process, at ?? server)
    if (asked === undefined) {
      yield* process.error(`dig: couldn't get address for '${at}': not found\n`)
      return 10
    }
    let status = 0
    for (const [index, question] of questions.entries()) {
      const kind = question.type === "PTR" ? "PTR" : type
      const short = on.has("short")
      const dots = question.name.split(".").length - 1
      const list =
        on.has("search") && !question.name.endsWith(".") && dots < ndots
          ? [...search.map((domain) => `${question.name}.${domain}`), question.name]
          : [question.name]
      let answer: Answer = "NXDOMAIN"
      let full = question.name
      for (const name of list) {
        full = name
        answer = yield* ask(process, asked, name, kind, tries)
        if (typeof answer !== "string" && answer.length > 0) break
      }
      const banner = `\n; <<>> DiG 9.18.39-0ubuntu0.24.04.1-Ubuntu <<>> ${args.join(" ")}\n`
      if (answer === "timeout" || answer === "refused") {
        const what = answer === "timeout" ? "timed out" : "connection refused"
        yield* process.print(
          short
            ? `;; communications error to ${asked}#53: ${what}\n`.repeat(tries) + ";; no servers could be reached\n"
            : `${`;; communications error to ${asked}#53: ${what}\n`.repeat(tries)}${index === 0 ? banner : ""};; global options: +cmd\n;; no servers could be reached\n`,
        )
        status = 9
        continue
      }
      const records = typeof answer === "string" ? [] : answer
      if (short) {
        yield* process.print(records.map((record) => `${textOf(record)}\n`).join(""))
        continue
      }
      const absolute = full.endsWith(".") ? full : `${full}.`
      const cluster =
        /(^|\.)cluster\.local\.$/.test(absolute) ||
        (absolute.endsWith(".in-addr.arpa.") && records.some(({ value }) => value.endsWith("cluster.local")))
      const rows = records
        .map((record) => `${fields([absolute, String(record.ttl), "IN", record.type, textOf(record)], [24, 32, 40, 48])}\n`)
        .join("")
      if (on.has("noall")) {
        if (on.has("answer")) yield* process.print(rows)
        continue
      }
      const name = typeof answer === "string" ? answer : "NOERROR"
      const authority =
        cluster && records.length === 0
          ? "cluster.local.\t\t30\tIN\tSOA\tns.dns.cluster.local. hostmaster.cluster.local. 1767600000 7200 1800 86400 30\n"
          : ""
      const sections = [
        `${index === 0 ? banner : "\n"}${index === 0 ? ";; global options: +cmd\n" : ""};; Got answer:\n${cluster && absolute.endsWith(".local.") ? ";; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS\n" : ""};; ->>HEADER<<- opcode: QUERY, status: ${name}, id: ${Math.floor(process.random() * 65_536)}\n;; flags: qr ${cluster ? "aa rd" : "rd ra"}; QUERY: 1, ANSWER: ${records.length}, AUTHORITY: ${authority === "" ? 0 : 1}, ADDITIONAL: 1\n${cluster ? ";; WARNING: recursion requested but not available\n" : ""}\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n`,
        `;; QUESTION SECTION:\n${fields([`;${absolute}`, "IN", kind], [32, 40])}\n`,
        ...(rows === "" ? [] : [`;; ANSWER SECTION:\n${rows}`]),
        ...(authority === "" ? [] : [`;; AUTHORITY SECTION:\n${authority}`]),
        `;; Query time: 1 msec\n;; SERVER: ${asked}#53(${asked}) (UDP)\n;; WHEN: ${formatDate("%a %b %d %H:%M:%S UTC %Y", process.now())}\n;; MSG SIZE  rcvd: ${17 + absolute.length + records.length * (16 + absolute.length) + (authority === "" ? 0 : 93)}\n`,
      ]
      yield* process.print(`${sections[0]}${sections.slice(1).join("\n")}\n`)
    }
    return status
  },
})

const nslookupRecord = (record: DnsRecord): string =>
  record.type === "A" || record.type === "AAAA"
    ? `Name:\t${record.name}\nAddress: ${record.value}\n`
    : record.type === "CNAME"
      ? `${record.name}\tcanonical name = ${record.value}.\n`
      : record.type === "PTR"
        ? `${record.name}\tname = ${record.value}.\n`
        : `${record.name}\tservice = 0 100 ${record.port ?? 0} ${record.value}.\n`

export const nslookup = defineTool({
  name: "nslookup",
  busybox: true,
  plain: true,
  summary: "query internet name servers",
  *run(process, args) {
    let type: RecordType = "A"
    const words: string[] = []
    for (const word of args) {
      const option = /^-(?:type|query|q)=(\w+)$/i.exec(word)
      if (option) type = option[1].toUpperCase() as RecordType
      else if (!word.startsWith("-")) words.push(word)
    }
    const [name, given] = words
    if (name === undefined) {
      yield* process.error("Usage: nslookup [HOST] [SERVER]\n")
      return 1
    }
    const { server, search, ndots } = configuration(process)
    const at = given ?? server
    const reverse = isAddress(name)
    let records: Answer
    if (given === undefined) records = yield* resolve(process, name, reverse ? "PTR" : type)
    else {
      const address = yield* addressOfServer(process, given)
      if (address === undefined) {
        yield* process.error(`nslookup: couldn't get address for '${given}': not found\n`)
        return 1
      }
      const dots = name.split(".").length - 1
      const list = reverse
        ? [reversed(name)]
        : name.endsWith(".")
          ? [name]
          : dots >= ndots
            ? [name, ...search.map((domain) => `${name}.${domain}`)]
            : [...search.map((domain) => `${name}.${domain}`), name]
      records = "NXDOMAIN"
      for (const one of list) {
        records = yield* ask(process, address, one, reverse ? "PTR" : type)
        if (records === "timeout" || records === "refused" || (typeof records !== "string" && records.length > 0)) break
      }
    }
    if (records === "timeout" || records === "refused") {
      const line = `;; communications error to ${at}#53: ${records === "refused" ? "connection refused" : "timed out"}\n`
      yield* process.print(
        given === undefined ? `${line};; no servers could be reached\n\n` : `${line.repeat(3)};; no servers could be reached\n\n`,
      )
      return 1
    }
    yield* process.print(`Server:\t\t${at}\nAddress:\t${at}#53\n\n`)
    if (typeof records === "string" || records.length === 0) {
      yield* process.print(`** server can't find ${reverse ? reversed(name) : name}: ${records === "SERVFAIL" ? records : "NXDOMAIN"}\n\n`)
      return 1
    }
    yield* process.print(
      reverse ? records.map((record) => `${reversed(name)}\tname = ${record.value}.\n`).join("") : records.map(nslookupRecord).join(""),
    )
    yield* process.print("\n")
    return 0
  },
})

export const host = defineTool({
  name: "host",
  plain: true,
  summary: "DNS lookup utility",
  *run(process, args) {
    let type: RecordType | undefined
    const words: string[] = []
    for (let at = 0; at < args.length; at++)
      if (args[at] === "-t") type = (args[++at] ?? "A").toUpperCase() as RecordType
      else if (!args[at].startsWith("-")) words.push(args[at])
    const [name, given] = words
    if (name === undefined) {
      yield* process.error(
        "Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n",
      )
      return 1
    }
    const kind = type ?? (isAddress(name) ? "PTR" : "A")
    let records: Answer
    if (given === undefined) records = yield* resolve(process, name, kind)
    else {
      const address = yield* addressOfServer(process, given)
      records =
        address === undefined ? "timeout" : yield* ask(process, address, kind === "PTR" && isAddress(name) ? reversed(name) : name, kind)
      if (records !== "timeout") yield* process.print(`Using domain server:\nName: ${given}\nAddress: ${address}#53\nAliases: \n\n`)
    }
    if (records === "timeout" || records === "refused") {
      yield* process.print(";; connection timed out; no servers could be reached\n")
      return 1
    }
    if (typeof records === "string" || records.length === 0) {
      yield* process.print(`Host ${isAddress(name) ? `${reversed(name)}.` : name} not found: 3(NXDOMAIN)\n`)
      return 1
    }
    yield* process.print(
      records
        .map((record) =>
          record.type === "PTR"
            ? `${isAddress(name) ? reversed(name) : name} domain name pointer ${record.value}.\n`
            : record.type === "SRV"
              ? `${name} has SRV record 0 100 ${record.port ?? 0} ${record.value}.\n`
              : record.type === "CNAME"
                ? `${name} is an alias for ${record.value}.\n`
                : `${record.name} has address ${record.value}\n`,
        )
        .join(""),
    )
    return 0
  },
})
