/** A thin line that fills; the numbers stand beside it in words. */
export const ProgressBar = ({ value, of, label }: { value: number; of: number; label: string }) => (
  <div
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={Math.max(1, of)}
    aria-valuenow={value}
    className="h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset"
  >
    <div
      className={`h-full rounded-full transition-[width] duration-250 ${value >= of && of > 0 ? "bg-success" : "bg-accent"}`}
      style={{ width: `${of > 0 ? Math.min(100, (100 * value) / of) : 0}%` }}
    />
  </div>
)
