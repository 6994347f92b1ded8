/** Asks for the certificate of a finished course, and goes there. */
"use client"
import { Award } from "lucide-react"
import { useRouter } from "next/navigation"
import { useState } from "react"
import { reasonOf } from "../classes/words.ts"
import { api } from "../lab/api.ts"

export const ClaimCertificate = ({ course }: { course: string }) => {
  const router = useRouter()
  const [problem, setProblem] = useState<string>()
  const claim = async () => {
    try {
      router.push(`/certificate/${(await api.certificates.claim.mutate({ course })).id}`)
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  return (
    <>
      <button type="button" className="button button-primary" onClick={() => void claim()}>
        <Award size={15} aria-hidden /> Get your certificate
      </button>
      {problem && (
        <p role="alert" className="mt-2 text-sm text-failure">
          {problem}
        </p>
      )}
    </>
  )
}
