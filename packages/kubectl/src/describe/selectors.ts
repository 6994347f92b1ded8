/** Selectors as describe prints them. As metav1.FormatLabelSelector. */
import { formatSelector } from "@drydock/kubernetes/apimachinery"

export type LabelSelectorShape = Parameters<typeof formatSelector>[0]

/** "<none>" for one that matches everything. */
export const labelSelectorText = (selector: LabelSelectorShape): string => formatSelector(selector) || "<none>"
