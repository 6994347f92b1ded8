/** A place that is being filled; shown only when that takes longer than 200 ms. */
export const Skeleton = ({ className = "" }: { className?: string }) => (
  <div
    aria-hidden
    className={`rounded-md bg-sunken motion-safe:animate-[skeleton-in_200ms_200ms_both,breathe_2s_400ms_infinite] ${className}`}
  />
)

export const Waiting = ({ children = "Loading" }: { children?: string }) => (
  <p role="status" className="sr-only">
    {children}
  </p>
)
