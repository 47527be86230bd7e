"""The names of measures: those that a result has, and no others."""

from lejepa.measures.record import Recovery
from lejepa.training.columns import IDLE, INVERSE, METRICS, NARROW, OF_ARM, PLANNED, PLANNERS, PREDICTED, STEPS
from lejepa.training.results import Metrics

MEASURES = [f for f in Metrics.model_fields if not f.endswith("_error")]
UNNAMED = {"epsilon_squared"}  # is shown by its root


def test_rollouts_of_1_to_5_steps_are_measured() -> None:
    """As a result has them."""
    assert list(STEPS) == [1, 2, 3, 4, 5]
    assert [f"rollout_{t}" for t in STEPS] == [m for m in MEASURES if m.startswith("rollout_")]


def test_every_measure_of_a_result_has_a_name_of_its_own() -> None:
    assert set(METRICS) == set(MEASURES) - UNNAMED
    assert len(set(METRICS.values())) == len(METRICS)
    assert all(f"{m}_error" in Metrics.model_fields for m in METRICS)


def test_measures_of_predictors_are_those_that_no_other_world_has() -> None:
    others = {"r2_eigen", "white_alignment", *NARROW, *INVERSE, *PLANNED}
    assert set(PREDICTED) == set(MEASURES) - set(Recovery.model_fields) - others
    assert all(METRICS[m] == said for m, said in PREDICTED.items())
    assert [PREDICTED[f"rollout_{t}"] for t in (1, 5)] == ["rollout 1", "rollout 5"]
    assert PREDICTED["prediction_ratio"] == "prediction / (n - tr G)"
    of_planners = {f"{p}_{k}" for p in PLANNERS for k in ("ratio", "cost", "cost_state")}
    assert set(PLANNED) - set(OF_ARM) == of_planners | {f"{p}_cost" for p in IDLE} | {"gain_distance"}
    assert set(OF_ARM) == {"success", "success_state", "foreseen", "deviation", "deviation_state"}
    assert METRICS["r2_eigen"] == "R²(h→ψ)"
    assert (METRICS["r2_hz"], METRICS["r2_zh"]) == ("R²(h→z)", "R²(z→h)")
