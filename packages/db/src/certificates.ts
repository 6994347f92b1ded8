/** Certificates of finished courses. */
import type { Client } from "./client.ts"
import type { Certificate, CertificateRepository } from "./contract-exams.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const toCertificate = ({ at, ...row }: Omit<Certificate, "at"> & { at: Date }): Certificate => ({ ...row, at: at.getTime() })

export const certificates = (client: Client): CertificateRepository => ({
  async give(userId, given) {
    const where = { userId_course: { userId, course: given.course } }
    // As it stood when it was given: nothing is written a second time.
    return toCertificate(await client.certificate.upsert({ where, create: { userId, ...given }, update: {} }))
  },

  async get(id) {
    const row = UUID.test(id) ? await client.certificate.findUnique({ where: { id } }) : null
    return row ? toCertificate(row) : undefined
  },

  async of(userId) {
    return (await client.certificate.findMany({ where: { userId }, orderBy: { at: "desc" } })).map(toCertificate)
  },
})
