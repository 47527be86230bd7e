"""The objectives as modules: their values by independent formulas, and in whatever a training loop does with them."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lejepa
import numpy as np
import objective_formulas as formulas
import pytest
import torch
from lejepa.objectives.base import Objective
from torch import Tensor, nn

SEED = 7


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(SEED)


@dataclass(frozen=True)
class Case:
    """An objective, the number of its views, and its value in NumPy."""

    module: Objective
    views: int
    formula: Callable[..., float]

    def __call__(self, *views: Tensor) -> Tensor:
        """Its value, with the same slices each time."""
        if isinstance(self.module, lejepa.SIGReg):
            return self.module(*views, generator=seeded())
        value: Tensor = self.module(*views)
        return value

    def expected(self, *views: Tensor) -> float:
        arrays = [x.detach().double().numpy() for x in views]
        if isinstance(self.module, lejepa.SIGReg):
            slices = self.module.directions(views[0].detach().double(), seeded()).numpy()
            return self.formula(arrays[0], slices)
        return self.formula(*arrays)


CASES = {
    "Alignment": Case(lejepa.Alignment(), 2, formulas.alignment),
    "SIGReg": Case(lejepa.SIGReg(slices=6), 1, formulas.sigreg),
    "SIGReg to 5": Case(
        lejepa.SIGReg(slices=6, knots=9, t_max=5.0), 1, lambda h, d: formulas.sigreg(h, d, knots=9, t_max=5.0)
    ),
    "SIGReg, unbiased": Case(
        lejepa.SIGReg(slices=6, unbiased=True), 1, lambda h, d: formulas.sigreg(h, d, unbiased=True)
    ),
    "VICReg": Case(lejepa.VICReg(), 1, formulas.vicreg),
    "MMD": Case(lejepa.MMD(sigma=0.8), 1, lambda h: formulas.mmd(h, 0.8)),
    "InfoNCE": Case(lejepa.InfoNCE(sigma=0.7), 2, lambda h, g: formulas.infonce(h, g, 0.7)),
    "Whitening": Case(lejepa.Whitening(), 2, formulas.whitening),
}
PLAIN = ["Alignment", "SIGReg", "VICReg", "MMD", "InfoNCE", "Whitening"]
every = pytest.mark.parametrize("name", CASES)
each_class = pytest.mark.parametrize("name", PLAIN)
each_formula = pytest.mark.parametrize("name", [*PLAIN, "SIGReg, unbiased"])


def views(case: Case, *shape: int, dtype: torch.dtype = torch.float64, seed: int = 0) -> list[Tensor]:
    """Embeddings of a correlated pair, neither white nor centred."""
    z, noise = torch.randn(2, *shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    mix = torch.eye(shape[-1], dtype=torch.float64) + 0.3 * torch.tril(torch.ones(shape[-1], shape[-1])).double()
    pair = [z @ mix + 0.2, (0.8 * z + 0.6 * noise) @ mix + 0.2]
    return [x.to(dtype) for x in pair[: case.views]]


@every
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("dim", [1, 3])
def test_the_value_is_that_of_the_formula(name: str, dtype: torch.dtype, dim: int) -> None:
    case = CASES[name]
    h = views(case, 12, dim, dtype=dtype)
    found = case(*h)
    assert (found.shape, found.dtype) == ((), dtype)
    assert found.item() == pytest.approx(case.expected(*h), rel=1e-12 if dtype == torch.float64 else 3e-6)


def test_sigreg_has_the_value_of_fifty_digits() -> None:
    """In float64 no constant is one of float32."""
    case = CASES["SIGReg"]
    (h,) = views(case, 12, 3)
    slices = case.module.directions(h, seeded()).numpy()  # type: ignore[operator]
    assert case(h).item() == pytest.approx(formulas.exact_sigreg(h.numpy(), slices), rel=1e-14)


@every
def test_float32_has_the_value_of_float64(name: str) -> None:
    """The very same slices too."""
    case = CASES[name]
    h = views(case, 40, 3, dtype=torch.float32)
    assert case(*h).item() == pytest.approx(case(*(x.double() for x in h)).item(), rel=3e-6)


@every
def test_leading_axes_are_batches_side_by_side(name: str) -> None:
    case = CASES[name]
    h = views(case, 2, 3, 12, 4)
    found = case(*h)
    assert found.shape == (2, 3)
    for i in range(2):
        for j in range(3):
            assert found[i, j].item() == pytest.approx(case(*(x[i, j] for x in h)).item(), rel=1e-12)


@every
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_and_half_precision_are_taken_in_float32(name: str, dtype: torch.dtype) -> None:
    """The value is that of the given numbers in float32, to its precision; so is the gradient."""
    case = CASES[name]
    h = [x.requires_grad_() for x in views(case, 40, 3, dtype=dtype)]
    wide = [x.detach().float().requires_grad_() for x in h]
    expected = case(*wide)
    gradients = torch.autograd.grad(expected, wide)
    with torch.autocast("cpu", dtype=dtype):
        found = case(*h)
        of_float32 = case(*wide)
    assert found.dtype == of_float32.dtype == torch.float32
    assert found.item() == pytest.approx(expected.item(), rel=1e-6)
    assert of_float32.item() == pytest.approx(expected.item(), rel=1e-6)
    for half, full in zip(torch.autograd.grad(found, h), gradients, strict=True):
        assert half.dtype == dtype
        torch.testing.assert_close(half.float(), full, rtol=0.02, atol=1e-3 * full.abs().max().item())
    for half, full in zip(torch.autograd.grad(of_float32, wide), gradients, strict=True):
        torch.testing.assert_close(half, full, rtol=1e-5, atol=1e-5 * full.abs().max().item())


@each_class
def test_autocast_of_a_whole_step(name: str) -> None:
    """As in a training loop: a layer under autocast gives what the objective takes."""
    case = CASES[name]
    layer = nn.Linear(3, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = case(*(layer(x) for x in views(case, 40, 3, dtype=torch.float32)))
    loss.backward()
    assert layer.weight.grad is not None
    assert torch.isfinite(layer.weight.grad).all()
    assert layer.weight.grad.abs().max() > 0


def test_a_model_cast_to_half_precision_keeps_its_constants() -> None:
    case = CASES["SIGReg"]
    (h,) = views(case, 40, 3)
    assert copy.deepcopy(case.module).to(torch.bfloat16)(h, generator=seeded()) == case(h)


PLACES: dict[str, Callable[[Tensor], Tensor]] = {
    "far": lambda x: x + 1e4,
    "close": lambda x: x * 1e-4,
    "far and close": lambda x: x * 0.02 + 1e4,
    "spread": lambda x: torch.cat((x[:20], x[20:] + 1e4)),
}


@every
@pytest.mark.parametrize("place", PLACES)
def test_offsets_and_scales_in_float32(name: str, place: str) -> None:
    """The value of the very float32 numbers that are given, and its gradient, are those of float64."""
    case = CASES[name]
    if name.startswith("SIGReg") and place == "spread":
        pytest.skip("two clusters 1e4 apart: what float32 tells of their phases is no more than three digits")
    h = [PLACES[place](x).requires_grad_() for x in views(case, 40, 3, dtype=torch.float32)]
    wide = [x.detach().double().requires_grad_() for x in h]
    expected = case(*wide)
    assert case(*h).item() == pytest.approx(expected.item(), rel=2e-5)
    fine = torch.autograd.grad(expected, wide)
    for got, want in zip(torch.autograd.grad(case(*h), h), fine, strict=True):
        torch.testing.assert_close(got.double(), want, rtol=1e-3, atol=2e-5 * want.abs().max().item())


@pytest.mark.parametrize("name", ["Alignment", "VICReg", "InfoNCE", "Whitening"])
def test_what_does_not_see_the_mean_does_not_change_with_it(name: str) -> None:
    case = CASES[name]
    h = [x.float() for x in views(case, 40, 3)]
    moved = [x + 4096.0 for x in h]  # rounds each number to the nearest 2⁻¹¹
    assert case(*moved).item() == pytest.approx(case(*(x - 4096.0 for x in moved)).item(), rel=1e-5)


@each_formula
def test_first_and_second_derivatives(name: str) -> None:
    """Against finite differences in float64: `gradcheck`, forward mode too, and `gradgradcheck`."""
    case = CASES[name]
    h = [x.requires_grad_() for x in views(case, 6, 2)]
    assert torch.autograd.gradcheck(case, h, check_forward_ad=True, check_batched_grad=True)
    assert torch.autograd.gradgradcheck(case, h)


@each_formula
def test_a_gradient_penalty_counts(name: str) -> None:
    """The derivative of `‖∂ value / ∂ h‖²` along a direction, against its central difference."""
    case = CASES[name]
    h, along = views(case, 9, 2), views(case, 9, 2, seed=1)

    def penalty(points: list[Tensor], graph: bool) -> Tensor:
        grads = torch.autograd.grad(case(*points), points, create_graph=graph)
        return torch.stack([g.square().sum() for g in grads]).sum()

    def at(s: float) -> float:
        points = [(x + s * d).requires_grad_() for x, d in zip(h, along, strict=True)]
        return penalty(points, False).item()

    points = [x.clone().requires_grad_() for x in h]
    slopes = torch.autograd.grad(penalty(points, True), points)
    slope = sum((g * d).sum().item() for g, d in zip(slopes, along, strict=True))
    e = 1e-4
    difference = (8 * (at(e) - at(-e)) - (at(2 * e) - at(-2 * e))) / (12 * e)
    assert abs(slope) > 1e-3
    assert slope == pytest.approx(difference, rel=1e-7)


def test_the_second_derivative_at_coincident_points() -> None:
    """Where partners are one point, and rounding decides the sign of their distance: the Hessian is the formula's."""
    h = torch.randn(20, 3, generator=seeded(), dtype=torch.float64)

    def direct(x: Tensor) -> Tensor:
        near = -(x.unsqueeze(-2) - h.unsqueeze(-3)).square().sum(-1) / (2 * 0.7**2)
        return ((near.logsumexp(-1) + near.logsumexp(-2)) / 2 - near.diagonal()).mean()

    infonce = lejepa.InfoNCE(sigma=0.7)
    found = torch.autograd.functional.hessian(lambda x: infonce(x, h), h)
    torch.testing.assert_close(found, torch.autograd.functional.hessian(direct, h))


@pytest.mark.parametrize("shape", [(300, 4), (7, 40)], ids=["more rows", "fewer rows"])
def test_a_covariance_is_right_a_million_away_in_float32(shape: tuple[int, int]) -> None:
    h = torch.randn(*shape, generator=seeded()) + 1e6
    assert lejepa.VICReg()(h).item() == pytest.approx(formulas.vicreg(h.double().numpy()), rel=1e-5)


@pytest.mark.parametrize("rows", [2, 5, 8, 9, 10])
def test_the_covariance_of_fewer_rows_than_dimensions(rows: int) -> None:
    """Nine dimensions: the value is the formula's, and so are its derivatives, beside as many rows and more."""
    h = torch.randn(3, rows, 9, generator=seeded(), dtype=torch.float64) + 0.5
    vicreg = lejepa.VICReg()
    assert vicreg(h).tolist() == pytest.approx([formulas.vicreg(x.numpy()) for x in h], rel=1e-12)
    h = h[0].requires_grad_()
    (found,) = torch.autograd.grad(vicreg(h), h)
    gap = torch.cov(h.T) - torch.eye(9, dtype=torch.float64)
    torch.testing.assert_close(found, 4 * (h - h.mean(0)) @ gap / (rows - 1) / 81)
    assert torch.autograd.gradgradcheck(vicreg, [h])


@each_formula
def test_functional_transforms(name: str) -> None:
    """`grad`, `jvp`, `vjp`, `hessian` and `vmap` of them, against autograd."""
    case = CASES[name]
    h, along = views(case, 8, 2), views(case, 8, 2, seed=1)
    numbers = tuple(range(case.views))
    leaves = [x.clone().requires_grad_() for x in h]
    value = case(*leaves)
    expected = torch.autograd.grad(value, leaves)
    for got, want in zip(torch.func.grad(case, numbers)(*h), expected, strict=True):
        torch.testing.assert_close(got, want)
    out, tangent = torch.func.jvp(case, tuple(h), tuple(along))
    torch.testing.assert_close(out, value.detach())
    torch.testing.assert_close(tangent, sum((g * d).sum() for g, d in zip(expected, along, strict=True)))
    hessian = torch.func.hessian(case)(*h)
    by_autograd = torch.autograd.functional.hessian(lambda x: case(x, *h[1:]), h[0])
    torch.testing.assert_close(hessian, by_autograd)

    many = views(case, 3, 8, 2)
    torch.testing.assert_close(torch.func.vmap(case)(*many), case(*many))
    each = [torch.func.grad(case, numbers)(*(x[i] for x in many)) for i in range(3)]
    together = torch.func.vmap(torch.func.grad(case, numbers))(*many)
    for v in numbers:
        torch.testing.assert_close(together[v], torch.stack([g[v] for g in each]))
    torch.testing.assert_close(
        torch.func.grad(lambda *x: torch.func.vmap(case)(*x).sum(), numbers)(*many)[0], together[0]
    )


def test_vmap_shares_the_slices() -> None:
    sigreg, (h,) = lejepa.SIGReg(slices=4), views(CASES["SIGReg"], 3, 2, 8, 2)
    torch.manual_seed(0)
    mapped = torch.func.vmap(torch.func.vmap(sigreg))(h)
    torch.manual_seed(0)
    torch.testing.assert_close(mapped, sigreg(h))
    x = h[0].mT.contiguous()
    torch.testing.assert_close(
        torch.func.vmap(CASES["SIGReg"], in_dims=2)(x.mT.permute(1, 2, 0)), CASES["SIGReg"](h[0])
    )


def assert_alike(
    case: Case, compiled: Callable[..., Tensor], rows: int, dim: int, dtype: torch.dtype = torch.float64
) -> tuple[list[Tensor], Tensor]:
    """Value and gradient are those of the plain module, on the same directions; the views, and the value."""
    h = [x.requires_grad_() for x in views(case, rows, dim, dtype=dtype)]
    torch.manual_seed(3)
    expected = case.module(*h)
    gradients = torch.autograd.grad(expected, h, retain_graph=True)
    torch.manual_seed(3)
    found = compiled(*h)
    torch.testing.assert_close(found, expected)
    for got, want in zip(torch.autograd.grad(found, h), gradients, strict=True):
        torch.testing.assert_close(got, want)
    return h, expected


@each_formula
@pytest.mark.parametrize(("backend", "dynamic"), [("eager", False), ("aot_eager", True)])
def test_compiled_without_a_break(name: str, backend: str, dynamic: bool) -> None:
    """Value and gradient, under autocast too; dynamic sizes are compiled once for all."""
    case = CASES[name]
    torch.compiler.reset()
    compiled = torch.compile(case.module, fullgraph=True, backend=backend, dynamic=dynamic)
    for rows, dim in [(20, 3), (31, 4)]:
        h, expected = assert_alike(case, compiled, rows, dim)
    gradients = torch.autograd.grad(expected, h)
    half = [x.detach().float().requires_grad_() for x in h]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.manual_seed(3)
        found = compiled(*half)
    torch.testing.assert_close(found, expected.float(), rtol=1e-5, atol=1e-5)
    for got, want in zip(torch.autograd.grad(found, half), gradients, strict=True):
        torch.testing.assert_close(got, want.float(), rtol=1e-5, atol=1e-5)


@each_formula
def test_memory_layout_does_not_matter(name: str) -> None:
    case = CASES[name]
    h = views(case, 2, 3, 12, 4)
    expected = case(*h)
    layouts: dict[str, Callable[[Tensor], Tensor]] = {
        "channels last": lambda x: x.to(memory_format=torch.channels_last),
        "transposed": lambda x: x.mT.contiguous().mT,
        "every second": lambda x: x.repeat_interleave(2, -2)[..., ::2, :],
        "reversed axes": lambda x: x.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0),
    }
    for layout, change in layouts.items():
        changed = [change(x) for x in h]
        assert not changed[0].is_contiguous()
        torch.testing.assert_close(case(*changed), expected, msg=layout)
        leaves, straight = [x.detach().requires_grad_() for x in changed], [x.clone().requires_grad_() for x in h]
        torch.testing.assert_close(
            torch.autograd.grad(case(*leaves).sum(), leaves), torch.autograd.grad(case(*straight).sum(), straight)
        )


def test_feature_maps_in_channels_last() -> None:
    """A convolution's output, its places as rows."""
    maps = nn.Conv2d(3, 4, 3)(torch.randn(2, 3, 8, 8).to(memory_format=torch.channels_last))
    rows = maps.permute(0, 2, 3, 1).flatten(1, 2)
    assert lejepa.VICReg()(rows).tolist() == pytest.approx([formulas.vicreg(r.detach().double().numpy()) for r in rows])


SHAPE = r"expected a floating-point torch.Tensor of shape \(..., rows, dim\)"
BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "numpy": (np.ones((5, 2)), TypeError, f"^h: {SHAPE}, found numpy.ndarray$"),
    "list": ([[1.0, 2.0]], TypeError, f"^h: {SHAPE}, found builtins.list$"),
    "none": (None, TypeError, f"^h: {SHAPE}, found builtins.NoneType$"),
    "integers": (torch.ones(5, 2, dtype=torch.int64), TypeError, f"^h: {SHAPE}, found one of torch.int64$"),
    "complex": (torch.ones(5, 2, dtype=torch.complex64), TypeError, f"^h: {SHAPE}, found one of torch.complex64$"),
    "eight bits": (
        torch.ones(5, 2).to(torch.float8_e4m3fn),
        TypeError,
        r"^h: expected numbers of at least 16 bits, found torch.float8_e4m3fn; give its float\(\)$",
    ),
    "sparse": (
        torch.eye(5).to_sparse(),
        TypeError,
        "^h: expected a dense tensor, found a sparse_coo one; give its to_d",
    ),
    "nested": (
        torch.nested.as_nested_tensor([torch.ones(5, 2), torch.ones(4, 2)], layout=torch.jagged),
        TypeError,
        "^h: expected a dense tensor, found a nested one$",
    ),
    "vector": (torch.ones(5), ValueError, rf"^h: {SHAPE} with dim at least 1, found shape \(5,\)$"),
    "number": (torch.tensor(1.0), ValueError, rf"^h: {SHAPE} with dim at least 1, found shape \(\)$"),
    "no columns": (torch.ones(5, 0), ValueError, rf"^h: {SHAPE} with dim at least 1, found shape \(5, 0\)$"),
    "no rows": (torch.ones(0, 2), ValueError, "^h: expected at least 2 rows, found 0$"),
    "one row": (torch.ones(1, 2), ValueError, "^h: expected at least 2 rows, found 1$"),
    "one row of each": (torch.ones(7, 1, 2), ValueError, "^h: expected at least 2 rows, found 1$"),
    "no numbers": (
        torch.ones(5, 2, device="meta"),
        ValueError,
        "^h: expected numbers, found a tensor on the device meta, which has none$",
    ),
    "nan": (
        torch.tensor([[1.0, float("nan")], [2.0, 1.0], [float("inf"), 0.0]]),
        ValueError,
        "^h: expected finite numbers, found NaN or infinity in 2 rows$",
    ),
}


@each_class
@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_one_sentence(name: str, kind: str) -> None:
    case, (h, error, says) = CASES[name], BAD[kind]
    with pytest.raises(error, match=says):
        case.module(*[h] * case.views)


@pytest.mark.parametrize("name", ["Alignment", "InfoNCE", "Whitening"])
def test_views_of_a_pair_go_together(name: str) -> None:
    module, h = CASES[name].module, torch.randn(5, 2)
    with pytest.raises(ValueError, match=r"^h_next: expected the shape of h, \(5, 2\), found \(4, 2\)$"):
        module(h, h[:4])
    with pytest.raises(ValueError, match=r"^h_next: expected finite numbers, found NaN or infinity in 5 rows$"):
        module(h, h * torch.nan)
    with pytest.raises(TypeError, match=r"^h_next: .* found numpy.ndarray$"):
        module(h, h.numpy())
    with pytest.raises(ValueError, match=r"^h_next: expected the device of h, cpu, found meta$"):
        module(h, h.to("meta"))
    assert module(h.double(), h.flip(0)).dtype == torch.float64


OVERFLOWING = {
    "Alignment": (torch.float32, 1e20),
    "VICReg": (torch.float32, 1e20),
    "MMD": (torch.float64, 1e160),
    "InfoNCE": (torch.float32, 1e20),
    "Whitening": (torch.float64, 1e160),
}


@pytest.mark.parametrize("name", OVERFLOWING)
def test_finite_numbers_whose_value_overflows_are_one_sentence(name: str) -> None:
    """And are none where values are not looked at; numbers near to these have a value."""
    case, (kind, size) = CASES[name], OVERFLOWING[name]
    h = views(case, 3, 8, 2, dtype=kind)
    large = [torch.stack((x[0], size * x[1], x[2])) for x in h]
    names = ", ".join(["h", "h_next"][: case.views])
    says = rf"^{names}: expected smaller numbers, found some so large that the value is (nan|inf) in {kind}$"
    with pytest.raises(ValueError, match=says):
        case.module(*large)
    with pytest.raises(ValueError, match=says):
        case.module(*(x.requires_grad_() for x in large))
    module = copy.deepcopy(case.module)
    module.check_finite = False
    assert torch.isfinite(module(*large)).tolist() == [True, False, True]
    assert torch.isfinite(torch.func.vmap(case.module)(*large)).tolist() == [True, False, True]
    assert torch.isfinite(case.module(*(1e5 * x for x in h))).all()


@each_class
def test_large_numbers_have_the_value_that_is_not_looked_at(name: str) -> None:
    case = CASES[name]
    module = copy.deepcopy(case.module)
    module.check_finite = False
    h = [1e6 * x for x in views(case, 8, 2)]
    assert torch.equal(case(*h), Case(module, case.views, case.formula)(*h))


@each_class
def test_values_that_are_not_looked_at(name: str) -> None:
    """Without the check, and where values can't be seen, the result is NaN."""
    case = CASES[name]
    module = copy.deepcopy(case.module)
    module.check_finite = False
    h = [x.clone() for x in views(case, 3, 8, 2)]
    expected = case(*h)
    h[0][1, 2, 0] = torch.nan
    assert torch.isnan(module(*h)).tolist() == [False, True, False]
    assert torch.isnan(torch.func.vmap(case.module)(*h)).tolist() == [False, True, False]
    if name != "SIGReg":
        torch.testing.assert_close(module(*h)[[0, 2]], expected[[0, 2]])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: lejepa.SIGReg(slices=0), "^slices: expected a whole number of at least 1, found 0$"),
        (lambda: lejepa.SIGReg(knots=1), "^knots: expected a whole number of at least 2, found 1$"),
        (lambda: lejepa.SIGReg(t_max=0.0), "^t_max: expected a number above 0, found 0.0$"),
        (lambda: lejepa.MMD(sigma=-1.0), "^sigma: expected a number above 0, found -1.0$"),
        (lambda: lejepa.InfoNCE(sigma=float("nan")), "^sigma: expected a number above 0, found nan$"),
        (lambda: lejepa.InfoNCE(sigma=float("inf")), "^sigma: expected a number above 0, found inf$"),
    ],
)
def test_parameters_that_are_none(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()


def test_slices_are_fresh_and_reproducible() -> None:
    sigreg, (h,) = lejepa.SIGReg(slices=4), views(CASES["SIGReg"], 30, 3)
    torch.manual_seed(0)
    first, second = sigreg(h), sigreg(h)
    assert first != second
    torch.manual_seed(0)
    assert sigreg(h) == first
    generator = seeded()
    drawn = [sigreg(h, generator=generator) for _ in range(2)]
    assert drawn[0] != drawn[1]
    assert drawn[0] == sigreg(h, generator=seeded())
    state = torch.get_rng_state()
    sigreg(h, generator=seeded())
    assert torch.equal(torch.get_rng_state(), state)


def test_each_model_may_have_a_generator_of_its_own() -> None:
    sigreg, (h,) = lejepa.SIGReg(slices=4), views(CASES["SIGReg"], 2, 3, 30, 3)
    found = sigreg(h, generator=[torch.Generator().manual_seed(m) for m in range(3)])
    for m in range(3):
        torch.testing.assert_close(found[:, m], sigreg(h[:, m], generator=torch.Generator().manual_seed(m)))
    with pytest.raises(ValueError, match=r"^generator: expected one, .* of h, \(2, 3, 30, 3\), found 1$"):
        sigreg(h, generator=[seeded()])


@every
def test_a_module_can_be_copied_saved_and_printed(name: str) -> None:
    module = CASES[name].module
    assert not list(module.parameters())
    assert not module.state_dict()
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert repr(other) == repr(module)
        assert repr(module).startswith(type(module).__name__)


@pytest.mark.parametrize("weight", [1e-3, 0.05, 0.5])
def test_weights_of_other_code(weight: float) -> None:
    """What `docs/your-own.md` says, from the formulas of the papers, in NumPy."""
    h, h_next = views(CASES["InfoNCE"], 30, 3)
    a, b = h.numpy(), h_next.numpy()
    both = np.stack((a, b))
    prediction = float(((both - both.mean(0)) ** 2).mean())
    assert lejepa.Alignment()(h, h_next).item() / (4 * 3) == pytest.approx(prediction, rel=1e-12)

    # arXiv 2511.08544, Algorithm 1: 17 points on [-5, 5], the mean over slices and views
    sigreg = lejepa.SIGReg(slices=5, knots=9, t_max=5.0)
    slices, t = sigreg.directions(h, seeded()).numpy(), np.linspace(-5, 5, 17)
    phi = np.exp(1j * (both @ slices)[..., None] * t).mean(1)
    statistic = np.trapezoid(np.abs(phi - np.exp(-(t**2) / 2)) ** 2 * np.exp(-(t**2) / 2), t) * 30
    found = sigreg(torch.stack((h, h_next)), generator=seeded()).mean()
    assert found.item() == pytest.approx(statistic.mean(), rel=1e-12)

    # arXiv 2605.26379 takes both views as one batch: twice as much where they have one characteristic function
    sigreg, pair = lejepa.SIGReg(slices=5), torch.stack((h, h.flip(0)))
    pooled = sigreg(pair.flatten(0, 1), generator=seeded())
    per_view = sigreg(pair, generator=seeded()).mean()
    theirs = weight * pooled + (1 - weight) * prediction
    ours = 2 * weight / (1 + weight)
    torch.testing.assert_close(ours * per_view + (1 - ours) * prediction, theirs / (1 + weight), rtol=1e-12, atol=0)


def test_whitening_is_the_alignment_of_the_whitened_embedding() -> None:
    """And the theorem's minimum, `2 (1 - ρ) dim`, for any invertible affine map of the latents, within sampling."""
    rho, dim, count = 0.8, 3, 100_000
    z, noise = torch.randn(2, count, dim, generator=seeded(), dtype=torch.float64)
    z_next = rho * z + (1 - rho**2) ** 0.5 * noise
    whitening, error = lejepa.Whitening(), 2 * (2 * dim / count) ** 0.5
    minimum = whitening(z, z_next).item()
    assert minimum == pytest.approx(2 * (1 - rho) * dim, abs=4 * error)
    a = torch.randn(dim, dim, generator=seeded(), dtype=torch.float64)
    assert whitening(z @ a + 5, z_next @ a + 5).item() == pytest.approx(minimum, rel=1e-11)
    for other in (lambda x: x**3, lambda x: torch.cat((x[:, :2], x[:, :1] ** 2), 1), torch.sin):
        assert whitening(other(z), other(z_next)).item() > minimum + 4 * error


@pytest.mark.parametrize("narrow", [1e-3, 1e-6, 1e-9])
def test_whitening_near_a_singular_covariance(narrow: float) -> None:
    """One direction varies by little: the value is that of fifty digits, up to what rounding is in that direction."""
    h, h_next = views(CASES["Whitening"], 30, 3)
    turn = torch.linalg.qr(torch.randn(3, 3, generator=seeded(), dtype=torch.float64)).Q
    squeeze = turn @ torch.diag(torch.tensor([1.0, 1.0, narrow], dtype=torch.float64)) @ turn.mT
    a, b = (h @ squeeze).requires_grad_(), (h_next @ squeeze).requires_grad_()
    found = lejepa.Whitening()(a, b)
    expected = formulas.whitening(a.detach().numpy(), b.detach().numpy())
    assert found.item() == pytest.approx(expected, rel=1e-14 / narrow)
    x, y = h.clone().requires_grad_(), h_next.clone().requires_grad_()
    plain = torch.autograd.grad(lejepa.Whitening()(x, y), (x, y))
    for got, want in zip(torch.autograd.grad(found, (a, b)), plain, strict=True):
        torch.testing.assert_close(got @ squeeze, want, rtol=0, atol=1e-13 / narrow * want.abs().max().item())


def test_whitening_in_float32_near_a_singular_covariance() -> None:
    h, h_next = views(CASES["Whitening"], 30, 2, dtype=torch.float32)
    h, h_next = (torch.cat((x, x[:, :1] + 1e-4 * x[:, 1:]), 1)[:, [0, 2]] for x in (h, h_next))
    expected = formulas.whitening(h.double().numpy(), h_next.double().numpy())
    assert lejepa.Whitening()(h, h_next).item() == pytest.approx(expected, rel=1e-5)


SINGULAR: dict[str, tuple[Callable[[Tensor], Tensor], int]] = {
    "constant": (lambda x: torch.cat((x, torch.ones_like(x[:, :1])), 1), 1),
    "zero": (lambda x: torch.cat((x, torch.zeros_like(x)), 1), 2),
    "repeated": (lambda x: torch.cat((x, x[:, :1]), 1), 1),
    "dependent": (lambda x: torch.cat((x, x @ torch.tensor([[1.0], [1.7]]).to(x)), 1), 1),
    "collapsed": (lambda x: torch.full_like(x, 0.3), 2),
    "far": (lambda x: torch.cat((x, 1e4 + 0 * x[:, :1]), 1), 1),
    "few rows": (lambda x: torch.cat((x, x.square(), x**3), 1)[:3], 2),
}


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", SINGULAR)
def test_whitening_of_a_singular_covariance_is_one_sentence(kind: str, dtype: torch.dtype) -> None:
    change, flat = SINGULAR[kind]
    h, h_next = (change(x.to(dtype)) for x in views(CASES["Whitening"], 30, 2))
    says = f"^h, h_next: expected embeddings that vary in all {h.shape[1]} directions, .* found {flat} in which"
    with pytest.raises(ValueError, match=says):
        lejepa.Whitening()(h, h_next)


def test_infonce_far_apart_has_no_subnormal_numbers() -> None:
    """Rows so far apart that their exponentials are subnormal: the value of the formula, and normal derivatives."""
    places = torch.tensor([[0.0], [37.8], [37.8 * 2]], dtype=torch.float64)  # exp(-37.8² / 2) is 6e-311
    h, h_next = (x.clone().requires_grad_() for x in (places, places + 0.3))
    value = lejepa.InfoNCE(1.0)(h, h_next)
    assert value.item() == pytest.approx(formulas.infonce(h.detach(), h_next.detach(), 1.0), abs=1e-15)
    tiny = torch.finfo(torch.float64).tiny
    for grad in torch.autograd.grad(value, (h, h_next)):
        assert bool(((grad == 0) | (grad.abs() >= tiny)).all())


def test_names_come_from_the_package() -> None:
    for name in PLAIN:
        assert name in lejepa.__all__
        assert getattr(lejepa, name) is type(CASES[name].module)
    with pytest.raises(AttributeError, match="nothing"):
        _ = lejepa.nothing  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "least"), [("slices", 1), ("knots", 2)])
@pytest.mark.parametrize("value", [2.5, 0, "3", True])
def test_sigreg_counts_in_whole_numbers(name: str, least: int, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{name}: expected a whole number of at least {least}, found {value!r}$"):
        lejepa.SIGReg(**{name: value})  # type: ignore[arg-type]


def test_public_names_are_offered_before_they_are_asked_for() -> None:
    code = "import lejepa; print(*(n for n in lejepa.__all__ if n not in dir(lejepa)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
