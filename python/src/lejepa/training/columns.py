"""The measures of a result, and what tables and figures call them."""

from lejepa.measures.record import HEADINGS

STEPS = range(1, 6)  # of the rollouts that are measured
PREDICTED = {
    "prediction": "prediction",
    "prediction_ratio": "prediction / (n - tr G)",
    **{f"rollout_{t}": f"rollout {t}" for t in STEPS},
}
NEAREST = ("orthogonality", "distance", "bound")  # of embeddings as wide as the latents
NARROW = {"r2_kept": "R²(h→kept)", "r2_left": "R²(h→left)"}  # of embeddings that are narrower
METRICS = HEADINGS | NARROW | {"r2_eigen": "R²(h→ψ)", "white_alignment": "whitened alignment"} | PREDICTED
