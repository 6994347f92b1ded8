/** A hull in its dock. */

/** In the colour of the text around it. @param size px; without it the style says */
export const Mark = ({ size, className }: { size?: number; className: string }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden className={className}>
    <path
      d="M3 4v14.5A1.5 1.5 0 0 0 4.5 20h15a1.5 1.5 0 0 0 1.5-1.5V4"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
    />
    <path d="M6.5 9.5h11l-1.7 5.2a1.2 1.2 0 0 1-1.1.8H9.3a1.2 1.2 0 0 1-1.1-.8z" fill="currentColor" />
    <path d="M12 9.5V5l3.6 3" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinejoin="round" />
  </svg>
)
