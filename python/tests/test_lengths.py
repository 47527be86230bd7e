"""Mean lengths against closed forms and against mpmath's quadrature."""

from typing import Any

import mpmath
import pytest
from flint import arb, fmpq, fmpq_mat
from lejepa.exact.integration import precision
from lejepa.exact.lengths import gaussian_length, polynomial_length


def near(ball: arb, value: Any) -> bool:
    return bool(abs(ball - arb(str(value))) < arb("1e-20"))


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_a_standard_gaussian_vector_has_the_mean_of_a_chi_law(size: int) -> None:
    with precision(30), mpmath.workdps(30):
        covariance = fmpq_mat(size, size, [9 * int(i == j) for i in range(size) for j in range(size)])
        mean = 3 * mpmath.sqrt(2) * mpmath.gamma(mpmath.mpf(size + 1) / 2) * mpmath.rgamma(mpmath.mpf(size) / 2)
        assert near(gaussian_length(covariance), mean)


def test_in_a_plane_it_is_the_mean_over_directions() -> None:
    with precision(30), mpmath.workdps(30):
        found = gaussian_length(fmpq_mat(2, 2, [fmpq(2), fmpq(1, 2), fmpq(1, 2), fmpq(1, 3)]))

        def length(t: Any) -> Any:
            c, s = mpmath.cos(t), mpmath.sin(t)
            return mpmath.sqrt(2 * c * c + c * s + s * s / 3)

        mean = mpmath.quad(length, mpmath.linspace(0, 2 * mpmath.pi, 9)) / (2 * mpmath.pi)
        assert near(found, mean * mpmath.sqrt(mpmath.pi / 2))


def test_in_space_it_is_the_mean_over_directions() -> None:
    a, b, c = 4, 1, mpmath.mpf(1) / 4
    with precision(30), mpmath.workdps(25):
        found = gaussian_length(fmpq_mat(3, 3, [4, 0, 0, 0, 1, 0, 0, 0, fmpq(1, 4)]))

        def around(z: Any) -> Any:  # the mean over a circle of latitude, an elliptic integral
            flat = 1 - z * z
            return mpmath.sqrt(a * flat + c * z * z) * mpmath.ellipe((a - b) * flat / (a * flat + c * z * z))

        mean = mpmath.quad(around, [0, 0.5, 1]) * 2 / mpmath.pi
        assert near(found, mean * 2 * mpmath.sqrt(2 / mpmath.pi))


def test_a_line_in_space() -> None:
    with precision(30), mpmath.workdps(30):
        found = gaussian_length(fmpq_mat(3, 3, [1, 2, 2, 2, 4, 4, 2, 4, 4]))
        assert near(found, 3 * mpmath.sqrt(2 / mpmath.pi))


def test_more_than_three_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a covariance of at most three dimensions, got 4"):
        gaussian_length(fmpq_mat(4, 4))


def test_a_linear_polynomial_is_a_folded_gaussian() -> None:
    with precision(30), mpmath.workdps(30):
        # z + 1 and noise of variance 3 beside it: a Gaussian of mean 1 and variance 4
        mean = 2 * mpmath.sqrt(2 / mpmath.pi) * mpmath.exp(-mpmath.mpf(1) / 8) + mpmath.erf(1 / mpmath.sqrt(8))
        assert near(polynomial_length([fmpq(1), fmpq(1)], fmpq(3)), mean)


def test_the_second_hermite_polynomial() -> None:
    with precision(30), mpmath.workdps(30):  # 𝔼 |z² - 1| = 4 φ(1)
        mean = 4 * mpmath.exp(-mpmath.mpf(1) / 2) / mpmath.sqrt(2 * mpmath.pi)
        assert near(polynomial_length([fmpq(-1), fmpq(0), fmpq(1)], fmpq(0)), mean)
