"""How far an embedding, and the remainder of its successor, can lie from Gaussian latents.

Let `h` be a square-integrable function of standard Gaussian latents `z` of as many dimensions, centred, `z'` their
successor in the Ornstein–Uhlenbeck world of correlation `ρ`, and `h = A z + N` with `N = Σ_{k ≥ 2} N_k` by Hermite
degree. Write `C = Cov(h)`, `E_k = 𝔼 ‖N_k‖²`, and

    δ = 𝔼 ‖h' - h‖² - 2 (1 - ρ) tr C = 2 ρ Σ_k (1 - ρ^{k-1}) E_k,    D = δ / (2 ρ (1 - ρ)),    ε = ‖C - 1‖_F.

Let `Q` be the orthogonal polar factor of `A`, and `e = h - Q z`. Everything below is for this one `Q`.

**The embedding.** `𝔼 ‖e‖² = ‖A - Q‖² + Σ E_k ≤ s² + D` with `s = δ' / (1 + √(1 - δ')₊)`, `δ' = ε + D`
(Lean: `approx_identifiability_sharp`; there `‖A - Q‖ ≤ s` since `A Aᵀ = C - Cov(N)` is within `δ'` of 1).

**The remainder.** `ξ = Q (z' - ρ z) / √(1 - ρ²)` is standard Gaussian and independent of `z`, so of `h`. Let `r = (h'
- ρ h) / √(1 - ρ²)`. Then `r - ξ = (e' - ρ e) / √(1 - ρ²)`, and degree by degree `𝔼 ‖N_k' - ρ N_k‖² = (1 + ρ² - 2
ρ^{k+1}) E_k`, while `𝔼 ‖(A - Q)(z' - ρ z)‖² = (1 - ρ²) ‖A - Q‖²`. With `y = ρ^{k-1}`, the ratio `(1 + ρ² - 2 ρ² y) /
(2 ρ (1 - y))` of the first to what `E_k` adds to `δ` increases in `y`, its derivative being `(1 - ρ²) / (2 ρ (1 -
y)²)`, so it is greatest at `k = 2`, where it is `(1 + ρ + 2 ρ²) / (2 ρ)`. Hence

    𝔼 ‖r - ξ‖² ≤ s² + κ D,    κ = (1 + ρ + 2 ρ²) / (1 + ρ) ≤ 2.

So the remainder, in its own small scale, is as near to Gaussian as the embedding, up to a factor of two.

**One direction.** For a unit vector `u`, with `δ_u`, `D_u` those of `u·h`: `𝔼 (u·N)² ≤ D_u`, and with `A = U S Vᵀ`,
`|(A - Q)ᵀ u| = |(S - 1) Uᵀ u| ≤ |(S² - 1) Uᵀ u| = |(A Aᵀ - 1) u| ≤ |(C - 1) u| + |Cov(N) u|`, and `|Cov(N) u|² ≤
λ_max(Cov N) uᵀ Cov(N) u ≤ D D_u`. So `s` may be replaced by `s_u = |(C - 1) u| + √(D D_u)`, and `D` by `D_u`.

**The conditional mean.** `𝔼 [h' - ρ h | z] = Σ_k (ρ^k - ρ) N_k`: the linear part of `h` drops out. Since
`(ρ - ρ^k)² E_k = (ρ / 2) (1 - ρ^{k-1}) · 2 ρ (1 - ρ^{k-1}) E_k`, its mean square is at most `(ρ / 2) δ`. Hence
`𝔼 (h' - ρ h)·q(h) ≤ √((ρ / 2) δ 𝔼 ‖q‖²)` for every function `q`.
"""

from math import sqrt

from lejepa.measures.bounds import sharp_bound


def linear_part(excess: float, epsilon: float) -> float:
    """`s²`, which bounds `‖A - Q‖²`."""
    return sharp_bound(excess, epsilon) - max(excess, 0)


def amplification(rho: float) -> float:
    """`κ`, by which `D` counts for the remainder."""
    return (1 + rho + 2 * rho**2) / (1 + rho)


def remainder_bound(excess: float, epsilon: float, rho: float) -> float:
    """Of `𝔼 ‖r - ξ‖²`."""
    return amplification(rho) * excess + linear_part(excess, epsilon)


def along(excess: float, direction: float, column: float) -> float:
    """`s_u²`: from `D`, `D_u` and `|(C - 1) u|`."""
    root: float = column + sqrt(excess * direction)
    return root * root
