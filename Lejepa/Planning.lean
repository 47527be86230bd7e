/-
Copyright (c) 2026 The Lejepa developers. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The Lejepa developers
-/
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
