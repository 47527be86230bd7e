module

public import Lejepa.Planning.Basic
public import Lejepa.Planning.Through
public import Lejepa.Planning.Invariant
public import Lejepa.Planning.Approximate

/-!
# Planning

* `Lejepa.Planning.Basic`: control problems, policies, their cost.
* `Lejepa.Planning.Through`: what an invertible representation does to them.
* `Lejepa.Planning.Invariant`: costs that do not change under rotations.
* `Lejepa.Planning.Approximate`: the same with an encoder that is close to a rotation.
-/
