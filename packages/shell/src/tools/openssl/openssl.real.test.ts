/** What openssl makes here holds for another implementation: Node's reads its keys, verifies its signatures, opens what it sealed. */
import { createDecipheriv, createPrivateKey, createPublicKey, pbkdf2Sync, verify, X509Certificate } from "node:crypto"
import { expect, test } from "vitest"
import { runScript, shellMachine } from "../../shell-machine.ts"

const made = (script: string, ...files: string[]): Uint8Array[] => {
  const machine = shellMachine()
  const run = runScript(script, { machine })
  expect(run.exit).toBe(0)
  return files.map((file) => machine.files.readBytes(`/root/${file}`))
}

test.each([
  ["RSA", "openssl genrsa -out k 2048 2>/dev/null"],
  ["P-256", "openssl ecparam -name prime256v1 -genkey -noout -out k"],
  ["P-384", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out k"],
])("a key and a signature of %s", (_, make) => {
  const [key, open, signature] = made(
    `${make}; openssl pkey -in k -pubout -out p; echo data > d; openssl dgst -sha256 -sign k -out s d`,
    "k",
    "p",
    "s",
  ).map((bytes) => Buffer.from(bytes))
  expect(createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "pem" })).toBe(open.toString())
  expect(verify("sha256", Buffer.from("data\n"), createPublicKey(open), signature)).toBe(true)
  expect(verify("sha256", Buffer.from("other\n"), createPublicKey(open), signature)).toBe(false)
})

test("an authority and what it signed", () => {
  const [authority, leaf, key] = made(
    `openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 100 -subj /CN=ca 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout u.key -out u.csr -subj /CN=jane/O=dev 2>/dev/null
openssl x509 -req -in u.csr -CA ca.crt -CAkey ca.key -days 10 -out u.crt 2>/dev/null`,
    "ca.crt",
    "u.crt",
    "u.key",
  ).map((bytes) => Buffer.from(bytes))
  const issuer = new X509Certificate(authority)
  const certificate = new X509Certificate(leaf)
  expect(certificate.verify(issuer.publicKey)).toBe(true)
  expect(certificate.checkIssued(issuer)).toBe(true)
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(certificate.subject).toBe("CN=jane\nO=dev")
  expect(issuer.ca).toBe(true)
})

test("an encrypted key, and a file sealed by a password", () => {
  const [key, sealed] = made(
    "openssl genrsa -aes256 -passout pass:pw -out k 1024 2>/dev/null; echo secret | openssl enc -aes-256-cbc -pbkdf2 -k pw -out e",
    "k",
    "e",
  ).map((bytes) => Buffer.from(bytes))
  expect(createPrivateKey({ key, passphrase: "pw" }).asymmetricKeyType).toBe("rsa")
  expect(sealed.subarray(0, 8).toString()).toBe("Salted__")
  const both = pbkdf2Sync("pw", sealed.subarray(8, 16), 10_000, 48, "sha256")
  const cipher = createDecipheriv("aes-256-cbc", both.subarray(0, 32), both.subarray(32))
  expect(Buffer.concat([cipher.update(sealed.subarray(16)), cipher.final()]).toString()).toBe("secret\n")
})
