module

public import Lejepa.Alignment.PairLaw
public import Lejepa.Converse.FirstVariation
public import Lejepa.ForMathlib.FrobeniusOrthogonal
public import Lejepa.ForMathlib.GaussianExpDual
public import Lejepa.ForMathlib.GaussianIntegrationByParts
public import Lejepa.ForMathlib.GaussianMoments
public import Lejepa.ForMathlib.HermiteRecurrence
public import Lejepa.ForMathlib.KernelMap
public import Lejepa.ForMathlib.L2Inner
public import Lejepa.ForMathlib.MeasurePreserving
public import Lejepa.ForMathlib.OrthonormalL2
public import Lejepa.ForMathlib.Polar
public import Lejepa.Hermite.Basic
public import Lejepa.Hermite.Defs
public import Lejepa.Hermite.Mehler
public import Lejepa.Hermite.Orthogonality
public import Lejepa.Hermite.Stein
public import Lejepa.Objective
public import Lejepa.Planning.Basic
public import Lejepa.Planning.Invariant
public import Lejepa.Planning.Through
public import Lejepa.World

/-!
# Lejepa

Every file of the package.
-/
