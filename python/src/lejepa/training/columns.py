"""The measures of a result, and what tables and figures call them."""

from lejepa.measures.record import HEADINGS

METRICS = HEADINGS | {"r2_eigen": "R²(h→ψ)"}
