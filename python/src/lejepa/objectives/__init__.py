"""The objectives of joint-embedding training, one a module, for anyone's training loop.

    from lejepa import Alignment, SIGReg
    sigreg, align = SIGReg(slices=512), Alignment()
    loss = 0.02 * sigreg(torch.stack((h, h_next))).mean() + 0.98 * align(h, h_next) / (4 * h.shape[-1])

What they have in common:

- Embeddings have the shape `(..., rows, dim)`, and the value has the shape `(...)`: leading axes are batches side by
  side (views, models), each with a value of its own.
- The value is float32 for embeddings of half precision, under autocast too, and else of the embeddings' type.
- Any number of derivatives, forward and backward, `torch.func` and `torch.compile`.
- Under `torch.distributed` rows of all processes make one batch (`lejepa.objectives.processes`).
- Bad input raises TypeError or ValueError with one sentence that names the argument (`lejepa.objectives.base`).
"""

from lejepa.objectives.alignment import Alignment
from lejepa.objectives.infonce import InfoNCE
from lejepa.objectives.mmd import MMD
from lejepa.objectives.sigreg import SIGReg
from lejepa.objectives.vicreg import VICReg
from lejepa.objectives.whitening import Whitening

__all__ = ["MMD", "Alignment", "InfoNCE", "SIGReg", "VICReg", "Whitening"]
