"""The colours of charts: those of the light theme, which a page's style sheet gives other values in the dark one."""

from __future__ import annotations

ACCENT, WARM, INK, SOFT, LINE = "#1f5f99", "#b45309", "#1b232c", "#56636f", "#d8dee4"

SERIES = ("#0072b2", "#d55e00", "#00855f", "#b0569b", "#8a6a00", "#7466c9")
"""Lines beside each other, after Okabe and Ito; each has a contrast of 3 to 1 on the ground of either theme."""

DARKEST = 0.5
"""The opacity of the darkest ground on which a text still stands out, in either theme."""
