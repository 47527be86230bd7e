"""The measures of a result, and what tables and figures call them."""

from lejepa.measures.record import HEADINGS

STEPS = range(1, 6)  # of the rollouts that are measured
PREDICTED = {
    "prediction": "prediction",
    "prediction_ratio": "prediction / (n - tr G)",
    **{f"rollout_{t}": f"rollout {t}" for t in STEPS},
}
INVERSE = {"inverse": "error of the guessed action", "inverse_ratio": "guessed action / least"}
PLANNERS = ("cem", "mppi", "lqr")  # each plans on the learnt model, and on the true state; of the arm CEM alone
IDLE = {"random": "random actions", "noop": "no action"}  # policies that plan nothing
BOTH = {
    "cem_ratio": "CEM, model / state",
    "cem_cost": "cost of CEM on the model",
    "cem_cost_state": "cost of CEM on the state",
    "random_cost": "cost of random actions",
    "noop_cost": "cost of no action",
}
OF_LINEAR = {
    "mppi_ratio": "MPPI, model / state",
    "mppi_cost": "cost of MPPI on the model",
    "mppi_cost_state": "cost of MPPI on the state",
    "lqr_ratio": "LQR, model / state",
    "lqr_cost": "cost of LQR on the model",
    "lqr_cost_state": "cost of LQR on the state",
    "gain_distance": "relative error of the gain",
}
OF_ARM = {
    "success": "goals reached",
    "success_state": "goals reached on the state",
    "foreseen": "steps foreseen",
    "deviation": "off the straight line",
    "deviation_state": "off the straight line on the state",
}
PLANNED = BOTH | OF_LINEAR | OF_ARM
NEAREST = ("orthogonality", "distance", "bound")  # of embeddings as wide as the latents
NARROW = {"r2_kept": "R²(h→kept)", "r2_left": "R²(h→left)"}  # of embeddings that are narrower
METRICS = (
    HEADINGS | NARROW | {"r2_eigen": "R²(h→ψ)", "white_alignment": "whitened alignment"} | PREDICTED | INVERSE | PLANNED
)
