/** A certificate, to look up and to print: one A4 page, across. */
import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { PrintButton } from "../../../review/print-button.tsx"
import { api } from "../../../server/context.ts"
import { absentIsNone } from "../../../site/absent.ts"
import { PageFrame } from "../../../site/page-frame.tsx"
import { Mark } from "../../../site/mark.tsx"

export const dynamic = "force-dynamic"
interface Props {
  params: Promise<{ id: string }>
}

const find = async ({ params }: Props) => absentIsNone((await api()).certificates.get(await params))

export const generateMetadata = async (props: Props): Promise<Metadata> => {
  const found = await find(props)
  return { title: found ? `Certificate of ${found.name}` : "Not found", robots: { index: false } }
}

const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" })

const CertificatePage = async (props: Props) => {
  const found = await find(props)
  if (!found) notFound()
  const { id, name, title, points, total, at } = found
  return (
    <PageFrame>
      <article aria-label="Certificate" className="certificate">
        <Mark className="certificate-mark" />
        <p className="certificate-word">Certificate</p>
        <h1 className="certificate-name">{name}</h1>
        <p className="certificate-text">
          has done every task of the course
          <strong>{title}</strong>
          with {points} of {total} points.
        </p>
        <dl className="certificate-facts">
          <div>
            <dt>Date</dt>
            <dd>{day.format(at)}</dd>
          </div>
          <div>
            <dt>Drydock</dt>
            <dd>Every task was checked in a running cluster.</dd>
          </div>
          <div>
            <dt>Number</dt>
            <dd className="font-mono">{id}</dd>
          </div>
        </dl>
      </article>
      <p className="mt-6 flex flex-wrap items-center gap-4 print:hidden">
        <PrintButton />
        <span className="text-sm text-ink-3">Whoever has its number finds it at this address.</span>
      </p>
    </PageFrame>
  )
}
export default CertificatePage
