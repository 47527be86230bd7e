"""The world of four points, whose best white encoder is linear though its latent is not Gaussian.

The latent is `±u` or `±3u`, and `z' = u sign z + η` with the noise `-2u`, `0` or `2u`, of probabilities `p`, `1 - 2p`,
`p`. The points `±3u` have the probability `p / 2` each. Since `8 p² + 3 p = 2`, the identity is an eigenfunction of the
symmetrized step. Its eigenvalue `(1 + p) / 3` is the greatest after that of the constants, and a single one. So the
identity is the only best white encoder, up to sign (Lean: `Lejepa.exists_linear_optimal_ne_gaussian`).
"""

from math import sqrt

PROBABILITY = (sqrt(73) - 3) / 16  # p
UNIT = 1 / sqrt(1 + 8 * PROBABILITY)  # u, which makes the variance one
CORRELATION = (1 + PROBABILITY) / 3  # of successive latents
